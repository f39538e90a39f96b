#define LANES @LANES@

#include <stdint.h>
#include <stdbool.h>
#if defined(__x86_64__) || defined(_M_X64)
#include <cpuid.h>
#endif
#define INLINE static inline __attribute__((always_inline))
#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif
typedef struct { int32_t *events; int room; int64_t *counts; } Log;
#define COUNTED @COUNTED@
INLINE double ago(const float *past, int now, int sight, int days, int l) {
    const int at = now - days;
    return at < 0 ? 0.0 : (double)past[((int64_t)at * COUNTED + sight) * LANES + l];
}
typedef double mixed;
static const char *noted;
#define NOTE(said) (noted = noted ? noted : (said))
EXPORT const char *drawdown_noted(void) {
    const char *said = noted;
    noted = 0;
    return said;
}
INLINE double min_double(double a, double b) { return b < a ? b : a; }
INLINE double max_double(double a, double b) { return b > a ? b : a; }
INLINE int min_int(int a, int b) { return b < a ? b : a; }
INLINE int max_int(int a, int b) { return b > a ? b : a; }
INLINE int abs_int(int a) { return a < 0 ? -a : a; }
INLINE int add_int(int a, int b, const char *said) {
    int found;
    if (__builtin_add_overflow(a, b, &found)) NOTE(said);
    return found;
}
INLINE int take_int(int a, int b, const char *said) {
    int found;
    if (__builtin_sub_overflow(a, b, &found)) NOTE(said);
    return found;
}
INLINE int times_int(int a, int b, const char *said) {
    int found;
    if (__builtin_mul_overflow(a, b, &found)) NOTE(said);
    return found;
}
INLINE double fits(double x, const char *said) {
    if (!(__builtin_fabs(x) < 9007199254740992.0)) NOTE(said);
    return x;
}
INLINE double add_mixed(double a, double b, const char *said) { return fits(a + b, said); }
INLINE double take_mixed(double a, double b, const char *said) { return fits(a - b, said); }
INLINE double divide(double a, double b, const char *said) {
    if (b == 0.0) NOTE(said);
    return a / b;
}
INLINE double root(double x, const char *said) {
    if (x < 0.0) NOTE(said);
    return __builtin_sqrt(x);
}
INLINE int whole(double x, const char *said) {
    if (x > -2147483649.0 && x < 2147483648.0) return (int)x;
    NOTE(said);
    return 0;
}
INLINE int at(int place, int length, const char *said) {
    const int found = place < 0 ? place + length : place;
    if (found >= 0 && found < length) return found;
    NOTE(said);
    return 0;
}
static void tell(Log *log, int l, double day, int kind, int who, int where, int amount,
                 int drone, int dead, int wounded) {
    int64_t n = log->counts[l]++;
    if (n >= log->room) return;
    int32_t *row = log->events + ((int64_t)l * log->room + n) * 8;
    row[0] = (int32_t)day; row[1] = kind; row[2] = who; row[3] = where;
    row[4] = amount; row[5] = drone; row[6] = dead; row[7] = wounded;
}
#define COULD 0.0625
static bool anywhere(const double *w, int when) {
    int found = 0;
    for (int l = 0; l < LANES; l++) found |= w[when * LANES + l] > 0.0;
    return found != 0;
}

@PROGRAM@
static const uint64_t cell_acts[] = {@ACTS@};
EXPORT int drawdown_level(void) {
#if defined(__x86_64__) || defined(_M_X64)
    /* Asked of the processor itself: some compilers' own answer is always no. */
    unsigned a, b, c, d, low, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 27) || !(c & 1u << 12)) return 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if ((low & 0x6) != 0x6 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    const unsigned wide = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;
    if ((low & 0xe6) == 0xe6 && (b & wide) == wide) return 2;
    if (b & 1u << 5) return 1;
#endif
    return 0;
}
EXPORT void drawdown_keys(uint64_t seed, const int64_t *replications, uint64_t *keys) {
    for (int l = 0; l < LANES; l++) keys[l] = @RUN_KEY@(seed, (uint64_t)replications[l]);
}
EXPORT double drawdown_uniform(uint64_t seed, uint64_t replication, int day, int agent,
        int which) {
    return luck_uniform(@DAY_KEY@(@RUN_KEY@(seed, replication), day), agent, which);
}
EXPORT void drawdown_derive(const double *restrict p, double *restrict d) {
    double *s = 0, *w = 0, *out = 0; const double *row = 0, *terms = 0; const float *past = 0;
    const uint64_t *keys = 0; Log *log = 0;
    @WORK_OUT@_all(s, p, d, w, out, row, terms, past, 0, keys, 0.0, log);
}
EXPORT int drawdown_could(const uint64_t *runs, int first, int days, int *could, int *who,
        int64_t *shares, int room) {
    int found = 0;
    for (int t = 0; t < days; t++) {
        could[t] = found;
        uint64_t keys[LANES];
        for (int l = 0; l < LANES; l++) keys[l] = @DAY_KEY@(runs[l], first + t);
        for (int c = 0; c < @CELLS@; c++)
            for (int l = 0; l < LANES; l++) {
                const int64_t share = (int64_t)(luck_mix(keys[l] + cell_acts[c]) >> 11);
                if (share > (int64_t)(COULD * 9007199254740992.0)) continue;
                if (found == room) return -1;
                who[found] = c * LANES + l;
                shares[found++] = share;
            }
    }
    could[days] = found;
    return found;
}
EXPORT void drawdown_advance(double *state, const double *nature, const double *derived,
        const uint64_t *restrict runs, const double *restrict plan, int days, int first,
        const double *restrict terms, float *past, int back, float *restrict daily, int kept,
        int32_t *events, int room, int64_t *counts, double *look, const int *could,
        const int *who, const int64_t *shares) {
    double w[@WORK@ * LANES] __attribute__((aligned(64)));
    double out[@OUTCOMES@ * LANES] __attribute__((aligned(64)));
    uint64_t keys[LANES] __attribute__((aligned(64)));
    int64_t bounds[@PLACES@ * LANES] __attribute__((aligned(64)));
    int acting[@CELLS@ * LANES];
    /* Numbers that do not straddle two lines of the cache are read twice as fast. */
    double s[@STATES@ * LANES] __attribute__((aligned(64)));
    double p[@PARAMETERS@ * LANES] __attribute__((aligned(64)));
    double d[@DERIVED@ * LANES] __attribute__((aligned(64)));
    Log log = {events, room, counts};
    (void)bounds; (void)could; (void)who; (void)shares;
    __builtin_memcpy(s, state, sizeof s);
    __builtin_memcpy(p, nature, sizeof p);
    __builtin_memcpy(d, derived, sizeof d);
    __builtin_memset(w, 0, sizeof w);
    for (int t = 0; t < days; t++) {
        const double *row = plan + (int64_t)t * @PLAN@;
        const int day = first + t, now = back + t;
        int found = 0;
        for (int l = 0; l < LANES; l++) keys[l] = @DAY_KEY@(runs[l], day);
        __builtin_memset(out, 0, sizeof out);
        @DAY@
        const int place = t - (days - kept);
        if (place >= 0)
            for (int i = 0; i < @OUTCOMES@ * LANES; i++)
                daily[(int64_t)place * @OUTCOMES@ * LANES + i] = (float)out[i];
    }
    __builtin_memcpy(state, s, sizeof s);
    if (look) __builtin_memcpy(look, w, sizeof w);
}
#ifdef __wasm__
extern unsigned char __heap_base;
EXPORT unsigned char *drawdown_heap(void) { return &__heap_base; }
#endif
#define SUMMARISE(n) @SUMMARISE@(daily, days, @OUTCOMES@, n, requests, n, per_index, n, rows, \
    @RUN_OUTCOMES@, n)
EXPORT void drawdown_summarise(float *daily, int days, int worlds, double *requests,
        double *per_index, double *rows) {
    if (worlds == LANES) SUMMARISE(LANES); else SUMMARISE(worlds);
}
#define BANDS(n) @BANDS@(daily, days, @OUTCOMES@, n, before, back, @FLOWS@, n, used, \
    lows, @OUTCOMES@, widths, @OUTCOMES@, histogram, days, @OUTCOMES@, @BAND_CELLS@)
EXPORT void drawdown_bands(float *daily, int days, int worlds, float *before, int back, int used,
        double *lows, double *widths, int32_t *histogram) {
    if (worlds == LANES) BANDS(LANES); else BANDS(worlds);
}
@EXPORTS@