/* Frozen at the model of commit 174e285.
 *
 * The day loop by hand, as the machine's limit: one world after the other, every cell's
 * hazard worked out in full, no lanes, no early bound. Strict doubles; its histories are
 * checked against the ensemble engine's before anything is timed.
 * columns.h is generated from drawdown.layout by run.py. */
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "columns.h"

#define P(n) p[P_##n]
#define S(n) s[S_##n]
#define SI(n, i) s[S_##n + (i)]
#define ROW(n) row[C_##n]
#define GOLDEN 0x9E3779B97F4A7C15ULL

typedef struct {
    const int64_t *cell_faction, *cell_region, *cell_agent;
    const double *usual_rejection, *obeys, *cells, *share_of_cells;
    const int64_t *site_diplomatic, *site_region;
    const double *site_symbol, *site_share, *site_staff;
    const int64_t *site_nato;
    const double *seats, *usual_stance, *accommodating;
    const double *weight, *minority, *pace, *open_at_reference;
} Actors;

static inline double lo(double a, double b) { return b < a ? b : a; }
static inline double hi(double a, double b) { return b > a ? b : a; }
static inline double clamp(double x, double a, double b) { return lo(hi(x, a), b); }
static inline uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}
static inline double uniform(uint64_t day, int64_t agent, int64_t decision) {
    return (double)(mix(day + (uint64_t)(agent * 64 + decision + 1) * GOLDEN) >> 11) * 0x1p-53;
}
static double exp_(double x) {
    double y = x / 1024.0, term = 1.0, total = 1.0;
    for (int i = 1; i < 10; i++) { term = term * y / i; total += term; }
    for (int i = 0; i < 10; i++) total = total * total;
    return total;
}
static double log_(double x) {
    double y = x, z, square, term, total = 0.0;
    for (int i = 0; i < 5; i++) y = sqrt(y);
    z = (y - 1.0) / (y + 1.0); square = z * z; term = z;
    for (int i = 0; i < 40; i++) { total += term / (2 * i + 1); term *= square; }
    return 64.0 * total;
}
static double fade(double half_life) { return exp_(-log_(2.0) / half_life); }

typedef struct {
    double tempo, dose, strike_fading, hold_fading, visible_reference, trainers_reference;
    double north_reference, scale[REGIONS], severity[SEVERITY_LENGTH];
} Derived;

static double soldiers_at(double combat, double others, double share, double baghdad, double b) {
    return (combat + others * (1.0 - b)) * share + others * b * baghdad;
}

static void derive(const double *p, const Actors *a, Derived *d) {
    double open = 0.0, total = 0.0, passed = 0.0, level = 1.0, sum = 0.0;
    for (int j = 0; j < SITES; j++) open += a->site_share[j] * a->open_at_reference[j];
    d->tempo = P(attack_rate) / COMMITTEE_WEIGHT;
    d->strike_fading = fade(P(strike_half_life));
    d->hold_fading = fade(P(hold_half_life));
    for (int i = 0; i < 30; i++) { sum += level; level *= d->strike_fading; }
    double size = P(strike_rate_ratio) - 1.0;
    if (size < 0.0) size = -size;
    d->dose = size * 30 / sum;
    d->visible_reference = P(reference_combat) + P(adviser_visibility) * (P(reference_advisers)
        + P(reference_coalition)) + P(nato_visibility) * P(reference_nato);
    d->trainers_reference = P(reference_advisers) + P(coalition_training) * P(reference_coalition)
        + P(combat_training) * P(reference_combat) + P(nato_training) * P(reference_nato);
    d->north_reference = soldiers_at(P(reference_combat), P(reference_advisers)
        + P(reference_coalition), a->site_share[SECOND_BASE] / open, 0.0, P(baghdad_consulting));
    for (int r = 0; r < REGIONS; r++) {
        double places = 0.0;
        for (int j = 0; j < SITES; j++)
            places += a->site_symbol[j] * a->open_at_reference[j]
                * (a->site_region[j] == r ? 1.0 : P(reach));
        d->scale[r] = 1.0 / places;
    }
    for (int k = 0; k < SEVERITY_LENGTH; k++) {
        d->severity[k] = exp_(-P(severity_exponent) * log_(k + 1.0));
        total += d->severity[k];
    }
    for (int k = 0; k < SEVERITY_LENGTH; k++) {
        passed += d->severity[k];
        d->severity[k] = passed / total;
    }
}

static double severity(const Derived *d, double u) {
    int k = 0;
    while (k < SEVERITY_LENGTH - 1 && u >= d->severity[k]) k++;
    return k + 1.0;
}

static double iraqis(const double *p, const Derived *d, double *flow, uint64_t key, int64_t agent,
                     int on_state) {
    double chance = on_state ? P(iraqi_dead_state) : P(iraqi_dead_foreign);
    if (!(uniform(key, agent, 6) < chance)) return 0.0;
    double dead = severity(d, uniform(key, agent, 7));
    flow[O_dead_iraqi] += dead;
    flow[O_wounded_iraqi] += dead * P(wounded_with_dead);
    return dead;
}

void play(double *s, const double *p, uint64_t run, const double *plan, int64_t days,
          int64_t first_day, const Actors *a, float *daily) {
    Derived d;
    derive(p, a, &d);
    double all_seats = 0.0, all_minority = 0.0;
    for (int b = 0; b < BLOCS; b++) all_seats += a->seats[b];
    for (int k = 0; k < PROVINCES; k++) all_minority += a->minority[k];
    for (int64_t t = 0; t < days; t++) {
        const double *row = plan + t * PLAN_COLUMNS;
        int64_t day = first_day + t;
        uint64_t key = mix(run + (uint64_t)(day + 1) * GOLDEN);
        double flow[FLOWS_N] = {0}, by[FACTIONS] = {0}, raised[FACTIONS] = {0}, on[SITES] = {0};
        double nato_hits = 0.0;
        double quiet = S(order_days) > 0.0 || ROW(order) > 0.0 || ROW(truce) > 0.0 ? 1.0 : 0.0;
        double campaign = quiet == 0.0 && (S(campaign_days) > 0.0 || ROW(campaign) > 0.0) ? 1.0 : 0.0;
        /* posture */
        double factor = hi(S(posture_goal), S(posture_factor) - 1.0 / P(posture_change_days));
        S(posture_factor) = factor;
        double residual = P(residual_advisers);
        double combat = ROW(combat) * factor;
        double advisers = (ROW(advisers) + ROW(advisers_residual) * residual) * factor;
        double coalition = ROW(coalition) * factor;
        double now = ROW(announced) + ROW(announced_residual) * residual;
        double later = ROW(announced_later) + ROW(announced_later_residual) * residual;
        double leaving = 0.0;
        if (now > 0.0 && factor > 0.0) {
            double then = hi(S(posture_goal), factor - LEAVING_HORIZON / P(posture_change_days));
            if (S(posture_goal) >= factor) then = factor;
            leaving = clamp(1.0 - later * then / (now * factor), 0.0, 1.0);
        }
        double open = 0.0, open_baghdad = 0.0;
        double soldiers[SITES], people[SITES], fading[SITES], pull[SITES];
        for (int j = 0; j < SITES; j++) {
            double share = a->site_share[j] * row[C_open + j];
            open += share;
            if (a->site_region[j] == BAGHDAD) open_baghdad += share;
        }
        for (int j = 0; j < SITES; j++) {
            soldiers[j] = 0.0;
            if (row[C_open + j] > 0.0 && a->site_share[j] > 0.0)
                soldiers[j] = soldiers_at(combat, advisers + coalition, a->site_share[j] / open,
                    a->site_region[j] == BAGHDAD ? a->site_share[j] / open_baghdad : 0.0,
                    P(baghdad_consulting));
        }
        /* allies */
        double us = combat + advisers;
        if (ROW(nato_suspended) > 0.0) S(nato) = lo(S(nato), P(nato_suspended_size));
        double goal = 0.0;
        if (S(request) != 3.0)
            goal = ROW(nato_target) * ((1.0 - P(nato_dependence))
                + P(nato_dependence) * lo(1.0, us / P(nato_cover))) * (0.5 + 0.5 * S(nato_resolve));
        S(nato) = lo(S(nato) + P(nato_planned_growth) / P(nato_build_days),
                     hi(S(nato) - P(nato_draw_down), goal));
        double nato_at[3] = {0.0, 0.0, 0.0};
        nato_at[1] = S(nato) * (1.0 - ROW(nato_second_base) * P(nato_erbil_share));
        nato_at[2] = S(nato) - nato_at[1];
        for (int j = 0; j < SITES; j++) {
            double is_open = row[C_open + j];
            people[j] = fading[j] = pull[j] = 0.0;
            if (is_open == 0.0) continue;
            people[j] = a->site_staff[j] + soldiers[j] + nato_at[a->site_nato[j]];
            fading[j] = a->site_diplomatic[j] ? is_open
                : is_open * lo(1.0, people[j] / P(fade_people));
            pull[j] = (a->site_symbol[j] + people[j] / P(people_scale)) * fading[j]
                * (1.0 - P(hardening_avoidance) * SI(hardening, j));
        }
        /* decisions */
        double visible = combat + P(adviser_visibility) * (advisers + coalition)
            + P(nato_visibility) * S(nato);
        double any = lo(1.0, visible / P(any_soldier_scale));
        double wish = (1.0 - P(presence_elasticity)) * any
            + P(presence_elasticity) * (visible / d.visible_reference);
        double response = hi(P(diplomatic_motive), wish);
        double police = hi(P(policing_floor), 1.0 - P(policing_effect) * P(policing_scale)
            * ROW(policing) * (S(authority) * (1.0 - S(pressure))
            * lo(1.0, S(capacity) / P(capacity_reference))));
        double holding = 1.0 - P(hold_fire_discount) * leaving;
        double feared = 1.0;
        if (P(strike_rate_ratio) < 1.0 && (int)ROW(doctrine) != 1)
            feared = 1.0 - ((int)ROW(doctrine) == 0 ? -1.0 : 1.0) * P(anticipation)
                * (1.0 - P(strike_rate_ratio));
        double pulls[REGIONS];
        for (int r = 0; r < REGIONS; r++) {
            double places = 0.0;
            for (int j = 0; j < SITES; j++)
                places += a->site_symbol[j] * fading[j] * (a->site_region[j] == r ? 1.0 : P(reach));
            pulls[r] = response * (1.0 - P(opportunity_weight) * (1.0 - lo(1.0, places * d.scale[r])));
        }
        for (int c = 0; c < CELLS; c++) {
            int64_t f = a->cell_faction[c], r = a->cell_region[c], agent = a->cell_agent[c];
            double rejection = SI(rejection, f), exc = SI(excitation, f) / a->cells[f];
            double motive = d.tempo * rejection * (1.0 + SI(grievance, f))
                * ((1.0 + P(calendar_boost) * ROW(round_ahead)) * (1.0 + P(doubt_boost) * ROW(doubt)))
                * (1.0 + P(campaign_boost) * (campaign * a->obeys[f]));
            double activity = a->obeys[f] == 0.0 ? 1.0 : f == FACADE ? P(facade_groups)
                : (COMMITTEE_WEIGHT - P(facade_groups) * FACADE_WEIGHT)
                    / (COMMITTEE_WEIGHT - FACADE_WEIGHT);
            double restraint = (1.0 - SI(caution, f))
                * (1.0 - quiet * a->obeys[f] * (1.0 - P(residual_fire))) * police
                * activity * (1.0 - a->obeys[f] * (1.0 - feared));
            double backlash = P(confrontation_backlash) * hi(0.0, ROW(policing) - P(ordinary_policing))
                * (P(backlash_floor) + (1.0 - P(backlash_floor)) * rejection);
            double standing = d.tempo * (P(state_share) * rejection + backlash);
            double foreign = lo(1.0, (motive * pulls[r] + exc * lo(1.0, pulls[r])) * restraint * holding);
            double freed = hi(0.0, 1.0 - pulls[r]) * P(displacement_share) * holding;
            double state = lo(1.0, ((motive + exc) * freed + standing) * restraint);
            double total = lo(1.0, foreign + state);
            double ready = lo(1.0, (day - SI(last_attack, c)) / P(ready_days));
            double u = uniform(key, agent, 0);
            if (!(u < ready * total)) continue;
            SI(last_attack, c) = day;
            by[f] += 1.0;
            if (!(u < ready * foreign)) {
                flow[O_attacks_state] += 1.0;
                iraqis(p, &d, flow, key, agent, 1);
                continue;
            }
            double sum = 0.0, passed = 0.0, reach;
            int j = 0;
            for (int i = 0; i < SITES; i++) sum += pull[i] * (a->site_region[i] == r ? 1.0 : P(reach));
            reach = uniform(key, agent, 1) * sum;
            for (int i = 0; i < SITES; i++) {
                passed += pull[i] * (a->site_region[i] == r ? 1.0 : P(reach));
                if (reach < passed) { j = i; break; }
            }
            int drone = uniform(key, agent, 2) < ROW(drone_phase) * P(drone_share_end);
            double harm = (1.0 - SI(hardening, j)) / (1.0 - P(hardening_reference))
                * lo(P(exposure_cap), P(exposure_floor) + people[j] / P(people_scale));
            if (drone) harm *= P(drone_harm_ratio);
            double uh = uniform(key, agent, 3), dead = 0.0, wounded = 0.0;
            if (uh < P(lethality) * harm * (1.0 + P(wounded_ratio))) {
                double number = severity(&d, uniform(key, agent, 4));
                if (uh < P(lethality) * harm) dead = number;
                wounded = dead > 0.0 ? dead * P(wounded_with_dead) : number;
            }
            iraqis(p, &d, flow, key, agent, 0);
            on[j] += 1.0;
            flow[O_attacks_foreign] += 1.0;
            flow[O_attacks_diplomatic] += a->site_diplomatic[j];
            flow[O_attacks_drone] += drone;
            flow[O_reported_press] += 1.0;
            flow[O_reported_official] += uniform(key, agent, 8) < P(official_share);
            if (dead > 0.0 || wounded > 0.0) {
                double american = soldiers[j] * us / hi(1.0, us + coalition) + a->site_staff[j];
                double others = people[j] - american;
                int ours = uniform(key, agent, 5) * (american + others) < american;
                flow[ours ? O_dead_us : O_dead_coalition] += dead;
                flow[ours ? O_wounded_us : O_wounded_coalition] += wounded;
                if (dead > 0.0 && nato_at[a->site_nato[j]] > 0.0) nato_hits += 1.0;
            }
            double more = P(attack_demand);
            if (dead > 0.0)
                more += lo(P(death_demand_cap), P(death_demand) + P(death_demand_each) * dead);
            else if (wounded > 0.0)
                more += P(wounded_demand);
            raised[f] += more;
        }
        /* effects */
        double foreign = flow[O_attacks_foreign], all = foreign + flow[O_attacks_state];
        for (int j = 0; j < SITES; j++)
            if (on[j] > 0.0) {
                SI(hardening, j) = lo(P(hardening_cap), SI(hardening, j) + P(hardening_gain) * on[j]);
                SI(cum_attacks_site, j) += on[j];
            }
        double demand = 0.0;
        for (int f = 0; f < FACTIONS; f++) {
            double spread = P(own_group_share) * by[f]
                + (1.0 - P(own_group_share)) * all * a->share_of_cells[f];
            SI(excitation, f) = SI(excitation, f) * (1.0 - 1.0 / P(excitation_delay))
                + P(excitation_branching_ratio) / P(excitation_delay) * spread;
            SI(demand, f) = SI(demand, f) * (1.0 - 1.0 / P(demand_memory)) + raised[f];
            SI(cum_attacks_faction, f) += by[f];
            demand += SI(demand, f);
        }
        double rate = P(convoy_ratio) * P(attack_rate) * (1.0 - quiet * (1.0 - P(residual_fire)))
            * lo(P(convoy_response_cap), response);
        for (int i = 0; i < 2; i++)
            if (uniform(key, 4003, i) < lo(1.0, rate * 0.5)) {
                flow[O_reported_press] += 1.0;
                flow[O_reported_official] += uniform(key, 4003, 2 + i) < P(official_share);
            }
        /* retaliation */
        int doctrine = (int)ROW(doctrine), struck = 0, wrong = 0, leader = 0, group = 0;
        double lost = 0.0;
        double saved = ROW(strike_budget) <= 0.0 ? 0.0 : hi(1.0, ROW(strike_budget) * 0.5);
        if (ROW(strike_on) > 0.0) {
            struck = 1; group = (int)ROW(strike_on) - 1; leader = ROW(strike_leader) > 0.0;
        } else if (ROW(decided) > 0.0) {
            double threshold = 1e9, chance = 0.0;
            if (doctrine == 2)
                threshold = P(threshold_robust) * (1.0 + P(hold_back) * P(robust_hold_factor) * S(hold));
            else if (doctrine != 0)
                threshold = P(threshold_limited) * (1.0 + P(hold_back) * S(hold));
            if (lo(S(strike_budget), saved) >= 1.0)
                chance = clamp(demand / threshold - 1.0, 0.0, 1.0) / P(decision_lag);
            if (uniform(key, 4000, 0) < chance) {
                struck = 1; leader = doctrine == 3;
                for (int f = 1; f < FACTIONS; f++) if (SI(demand, f) > SI(demand, group)) group = f;
                if (!(uniform(key, 4000, 1) < P(attribution_accuracy))) {
                    int others = 0, culprit = group;
                    wrong = 1;
                    for (int f = 0; f < FACTIONS; f++) others += a->obeys[f] > 0.0 && f != culprit;
                    int place = (int)(uniform(key, 4000, 2) * others);
                    for (int f = 0; f < FACTIONS; f++)
                        if (a->obeys[f] > 0.0 && f != culprit && place-- == 0) group = f;
                }
            }
        }
        if (struck) {
            double share = S(nato) / hi(1.0, S(nato) + us);
            lost = P(strike_support_cost) * (1.0 - P(burden_sharing) * lo(1.0, P(burden_scale) * share));
            flow[O_strikes] += 1.0;
            flow[O_strike_cost] += lost;
            flow[O_dead_iraqi] += (int)(1.0 + uniform(key, 4000, 3) * (2.0 * P(strike_dead) - 1.0));
        }
        S(hold) = struck ? 1.0 : S(hold) * d.hold_fading;
        S(strike_budget) = lo(saved, S(strike_budget) - struck + ROW(strike_budget) / 365.0);
        /* aftermath */
        for (int f = 0; f < FACTIONS; f++) {
            SI(caution, f) *= d.strike_fading;
            SI(grievance, f) *= d.strike_fading;
            if (!struck) continue;
            SI(demand, f) *= P(demand_left);
            if (a->obeys[f] == 0.0) continue;
            double w = f == group ? P(struck_weight) : (COMMITTEE - P(struck_weight)) / (COMMITTEE - 1.0);
            double careful = 0.0, angry = 0.0;
            if (P(strike_rate_ratio) < 1.0) {
                careful = d.dose * (wrong ? P(wrong_caution) : 1.0);
                if (leader) careful *= P(leader_factor);
            }
            if (P(strike_rate_ratio) > 1.0) {
                angry = d.dose * (wrong ? P(wrong_grievance) : 1.0);
                if (leader) angry *= P(leader_factor);
            }
            SI(caution, f) = lo(P(caution_cap), SI(caution, f) + careful * w * (1.0 - SI(caution, f)));
            SI(grievance, f) = SI(grievance, f)
                + angry * w * hi(0.0, 1.0 - SI(grievance, f) / P(grievance_limit));
        }
        /* Iraqi politics */
        double more = leader ? P(leader_strike_factor) : 1.0;
        if (struck) {
            double cost = P(strike_authority_cost);
            if (wrong) cost *= P(wrong_strike_factor);
            if (leader) cost *= P(leader_strike_factor);
            S(authority) *= 1.0 - lo(1.0, cost);
            S(pressure) = S(pressure) + lo(1.0, leader ? P(strike_pressure) * more : P(strike_pressure))
                * (1.0 - S(pressure));
        }
        double yes = 0.0;
        for (int b = 0; b < BLOCS; b++) yes += a->seats[b] * SI(stance, b);
        double hurt = foreign + P(state_attack_factor) * flow[O_attacks_state];
        double value = S(authority) - lo(1.0, P(attack_authority_cost) * hurt) * S(authority);
        double gain = P(legitimacy_gain) * ROW(election) + P(dialogue_gain) * ROW(dialogue)
            + P(new_government_gain) * ROW(new_government);
        value = value + gain * (1.0 - value);
        double rest = P(authority_anchor) + P(authority_from_capacity) * (S(capacity) - P(capacity_reference));
        S(authority) = clamp(value + (rest - value) / P(authority_recovery), 0.0, 1.0);
        double aim = P(pressure_scale) * (yes / all_seats) * lo(1.0, response)
            + P(pressure_from_authority) * (0.5 - S(authority));
        value = S(pressure) + (aim - S(pressure)) / P(pressure_memory);
        if (ROW(concession) > 0.0) value *= 1.0 - P(concession_split);
        if (ROW(broken_deadline) > 0.0) value += P(broken_pressure) * (1.0 - value);
        S(pressure) = clamp(value, 0.0, 1.0);
        for (int b = 0; b < BLOCS; b++) {
            double st = SI(stance, b);
            if (struck) {
                double jump = leader ? P(strike_stance) * more : P(strike_stance);
                st = clamp(st + jump * st * (1.0 - st), 0.0, 1.0);
            }
            value = st + (a->usual_stance[b] - st) / P(stance_memory);
            if (ROW(concession) > 0.0) value *= 1.0 - P(concession_split) * a->accommodating[b];
            if (ROW(broken_deadline) > 0.0) value += P(broken_stance) * value * (1.0 - value);
            SI(stance, b) = clamp(value, 0.0, 1.0);
        }
        for (int f = 0; f < FACTIONS; f++) {
            value = SI(rejection, f) + (a->usual_rejection[f] - SI(rejection, f)) / P(stance_memory);
            if (ROW(concession) > 0.0)
                value *= a->obeys[f] > 0.0 ? 1.0 + P(committee_hardening) : 1.0 - P(concession_split);
            if (ROW(broken_deadline) > 0.0) value *= 1.0 + P(committee_hardening);
            SI(rejection, f) = clamp(value, 0.0, 3.0);
        }
        if (S(request) != 3.0 && (ROW(vote) > 0.0 || (S(pressure) > P(vote_trigger)
                && day - S(last_vote) >= P(vote_interval) && uniform(key, 4001, 0) < P(vote_chance)))) {
            double found = 0.0;
            S(last_vote) = day;
            for (int b = 0; b < BLOCS; b++)
                if (uniform(key, 3000 + b, 1) < SI(stance, b)) found += a->seats[b];
            if (found >= P(vote_majority) || ROW(vote) == 2.0) {
                S(request) = !(ROW(comply) > 0.0) ? 1.0 : ROW(us_honours) > 0.0 ? 3.0 : 2.0;
                if (S(request) == 3.0) S(posture_goal) = 0.0;
                else S(pressure) = S(pressure) + P(vote_pressure) * (1.0 - S(pressure));
            }
        }
        /* home politics */
        double dead = flow[O_dead_us];
        lost = lost + 0.4342944819032518 * P(casualty_slope) * dead / (P(casualty_offset) + S(us_dead));
        S(us_dead) += dead;
        value = S(us_support) + (P(support_anchor) - S(us_support)) / P(support_recovery);
        S(us_support) = clamp(value - lost - P(attack_support_cost) * foreign, 0.0, 100.0);
        value = S(nato_resolve) + (1.0 - S(nato_resolve)) / P(nato_resolve_recovery);
        S(nato_resolve) = hi(0.0, value - P(nato_resolve_loss) * nato_hits);
        if (ROW(decided) != 0.0 && S(us_support) < P(review_floor))
            S(posture_goal) = lo(S(posture_goal), P(review_level));
        /* DAESH */
        double before = S(capacity);
        double enabling = P(offshore_enabling) + (1.0 - P(offshore_enabling)) * lo(1.0,
            (combat + P(adviser_enabling) * advisers)
            / (P(reference_combat) + P(adviser_enabling) * P(reference_advisers)));
        double training = lo(P(training_cap), (advisers + P(coalition_training) * coalition
            + P(combat_training) * combat + P(nato_training) * S(nato)) / d.trainers_reference);
        double ref = P(capacity_reference) / (1.0 - P(capacity_reference));
        S(capacity) = clamp(before + (ref * training * (1.0 - before) - before) / P(capacity_memory), 0.0, 1.0);
        double index = 0.0, exposed = 0.0;
        double suppression = 1.0 - 1.0 / P(daesh_limit);
        double held = suppression * ((1.0 - P(enabling_share)) * before / P(capacity_reference)
            + P(enabling_share) * enabling);
        for (int k = 0; k < PROVINCES; k++) {
            double x = SI(daesh, k);
            double change = P(daesh_growth) * a->pace[k] * x * (1.0 - x / P(daesh_limit) - held);
            SI(daesh, k) = hi(0.0, x + change);
            index += a->weight[k] * SI(daesh, k);
            exposed += a->minority[k] * SI(daesh, k);
        }
        /* patron */
        if (S(order_days) > 0.0) S(order_days) -= 1.0;
        else if (S(campaign_days) > 0.0) S(campaign_days) -= 1.0;
        else if (uniform(key, 4002, 0) < P(restraint_onset)) {
            double spread = hi(0.0, P(restraint_dwell) - P(restraint_minimum));
            S(order_days) = (int)(P(restraint_minimum) + uniform(key, 4002, 1) * 2.0 * spread);
        } else if (uniform(key, 4002, 2) < P(campaign_onset)) {
            double spread = hi(0.0, P(campaign_dwell) - P(campaign_minimum));
            S(campaign_days) = (int)(P(campaign_minimum) + uniform(key, 4002, 3) * 2.0 * spread);
        }
        /* influence */
        double freedom = 1.0 - lo(1.0, 2.0 * ROW(policing) * S(authority));
        double present = (us + 0.5 * S(nato))
            / (P(reference_combat) + P(reference_advisers) + 0.5 * P(reference_nato));
        double target = 0.5 + P(influence_from_authority) * (P(authority_anchor) - S(authority))
            + P(influence_from_freedom) * (freedom - P(freedom_reference))
            + P(influence_presence_weight) * (1.0 - lo(1.2, present));
        S(influence) = S(influence) + (clamp(target, 0.0, 1.0) - S(influence)) / P(influence_memory);
        /* record */
        double garrison = 0.5 * lo(1.2, (soldiers[SECOND_BASE] + nato_at[2]) / d.north_reference);
        double forces = 0.5 * lo(1.2, S(capacity) / P(capacity_reference));
        double protection = (1.0 - P(minority_protection) * (garrison + forces))
            / (1.0 - P(minority_protection));
        float *out = daily + t * OUTCOMES_N;
        for (int o = 0; o < FLOWS_N; o++) out[o] = (float)flow[o];
        out[O_us_combat] = (float)combat;
        out[O_us_advisers] = (float)advisers;
        out[O_coalition] = (float)coalition;
        out[O_nato] = (float)S(nato);
        out[O_quiet] = (float)quiet;
        out[O_authority] = (float)S(authority);
        out[O_pressure] = (float)S(pressure);
        out[O_us_support] = (float)S(us_support);
        out[O_isf_capacity] = (float)S(capacity);
        out[O_daesh_index] = (float)(100.0 * index);
        out[O_iranian_influence] = (float)S(influence);
        out[O_minority_exposure] = (float)(100.0 * exposed / all_minority * protection);
    }
}
