"""DAESH in its provinces, and the Iraqi forces that hold it down."""

from drawdown.rules.numbers import clamp, log_


def training(
    advisers: float,
    coalition: float,
    combat: float,
    nato: float,
    reference: float,
    coalition_training: float,
    combat_training: float,
    nato_training: float,
    training_cap: float,
    own_training: float,
) -> float:
    """Return training of the Iraqi forces, their own and from abroad, 1 on 26 July 2021.

    Claims: C36, C08. Source: ``own_training`` in seeds/parameters.yaml.

    Args:
        advisers: US advisers.
        coalition: Other coalition soldiers.
        combat: US combat soldiers.
        nato: NATO personnel.
        reference: `trainers` on 26 July 2021.
        coalition_training: Training a coalition soldier gives, an adviser gives 1.
        combat_training: The same for a combat soldier.
        nato_training: The same for NATO personnel.
        training_cap: What the forces can absorb.
        own_training: The part that Iraq gives its forces itself.
    """
    now = trainers(
        advisers, coalition, combat, nato, coalition_training, combat_training, nato_training
    )
    return min(training_cap, own_training + (1.0 - own_training) * now / reference)


def trainers(
    advisers: float,
    coalition: float,
    combat: float,
    nato: float,
    coalition_training: float,
    combat_training: float,
    nato_training: float,
) -> float:
    """Return trainers in adviser equivalents."""
    return (
        advisers + coalition_training * coalition + combat_training * combat + nato_training * nato
    )


def next_capacity(
    capacity: float, training_now: float, capacity_memory: float, capacity_reference: float
) -> float:
    """Return the Iraqi forces' capacity tomorrow: training builds it, absence wears it down.

    At training 1 it rests at the reference. Claims: C36, C30.
    """
    gain = capacity_reference / (1.0 - capacity_reference)
    change = gain * training_now * (1.0 - capacity) - capacity
    return clamp(capacity + change / capacity_memory, 0.0, 1.0)


def enabling(
    combat: float,
    advisers: float,
    reference_combat: float,
    reference_advisers: float,
    adviser_enabling: float,
    offshore_enabling: float,
    large_force_enabling: float,
) -> float:
    """Return support from abroad against DAESH (air, intelligence), 1 in July 2021 (C37, C38).

    A larger force adds to it by its order of magnitude, at most by half: what the sixtyfold
    force of 2007 to 2010 saw was a fall of four fifths.
    """
    now = combat + adviser_enabling * advisers
    reference = reference_combat + adviser_enabling * reference_advisers
    relative = now / reference
    if relative > 1.0:
        return 1.0 + min(0.5, large_force_enabling * log_(relative) / log_(10.0))
    return offshore_enabling + (1.0 - offshore_enabling) * relative


def next_strength(
    strength: float,
    pace: float,
    capacity: float,
    enabling_now: float,
    daesh_growth: float,
    enabling_share: float,
    daesh_limit: float,
    capacity_reference: float,
) -> float:
    """Return a province's DAESH strength tomorrow, 1 at the start.

    It grows logistically and is held down by the Iraqi forces and by support from abroad;
    at the reference it rests. Claims: C30, C37, C38.

    Args:
        strength: Today's.
        pace: How fast the province moves, 1 on average.
        capacity: The Iraqi forces'.
        enabling_now: From `enabling`.
        daesh_growth: Growth a day when nothing holds it down.
        enabling_share: Part of the suppression that comes from abroad.
        daesh_limit: Strength at which growth ends by itself.
        capacity_reference: Capacity on 26 July 2021.
    """
    suppression = 1.0 - 1.0 / daesh_limit
    forces = (1.0 - enabling_share) * capacity / capacity_reference
    held = suppression * (forces + enabling_share * enabling_now)
    change = daesh_growth * pace * strength * (1.0 - strength / daesh_limit - held)
    return max(0.0, strength + change)
