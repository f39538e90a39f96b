"""The NATO mission: growth, dependence on US cover, resolve."""


def goal(
    target: float,
    us: float,
    resolve: float,
    expelled: bool,
    nato_dependence: float,
    nato_cover: float,
) -> float:
    """Return the size the mission strives for.

    Part of it needs US protection and lift (C11, C14); losses cost resolve.

    Args:
        target: The agreed target.
        us: US soldiers in the country.
        resolve: 0 to 1.
        expelled: Whether the foreign forces have been asked to leave and are leaving.
        nato_dependence: Part that needs US cover.
        nato_cover: US soldiers that give full cover.
    """
    if expelled:
        return 0.0
    cover = (1.0 - nato_dependence) + nato_dependence * min(1.0, us / nato_cover)
    return target * cover * (0.5 + 0.5 * resolve)


def next_personnel(
    personnel: float, goal_now: float, growth: float, nato_draw_down: float
) -> float:
    """Return personnel tomorrow: up by at most ``growth``, down by at most the draw-down."""
    return min(personnel + growth, max(personnel - nato_draw_down, goal_now))


def growth(nato_planned_growth: float, nato_build_days: float) -> float:
    """Return the most people a day, so that the planned growth takes its time (C14)."""
    return nato_planned_growth / nato_build_days


def next_resolve(
    resolve: float, fatal_incidents: float, nato_resolve_loss: float, nato_resolve_recovery: float
) -> float:
    """Return resolve after a day with fatal incidents at NATO's sites."""
    value = resolve + (1.0 - resolve) / nato_resolve_recovery
    return max(0.0, value - nato_resolve_loss * fatal_incidents)


def suspended(personnel: float, nato_suspended_size: float) -> float:
    """Return personnel left when the mission is suspended (record:nato, January 2020)."""
    return min(personnel, nato_suspended_size)


def at_main_site(
    personnel: float,
    second_base: float,
    nato_erbil_share: float,
    main_open: float,
    second_open: float,
) -> float:
    """Return NATO's people at the main site; the rest are at the second base (C15).

    Where one of the two is handed over all are at the other.

    Args:
        personnel: All of them.
        second_base: 1 where there is a second base, else 0.
        nato_erbil_share: Part of them that lives there.
        main_open: 1 where the main site is open, else 0.
        second_open: 1 where the second is open, else 0.
    """
    if main_open == 0.0 and second_open > 0.0:
        return 0.0
    if second_open == 0.0:
        return personnel
    return personnel * (1.0 - second_base * nato_erbil_share)
