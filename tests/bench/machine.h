/* What this machine can do by itself, measured in the same run as the daemons: the figures that ratios stand on. */
#ifndef HOTLINE_TESTS_MACHINE_H
#define HOTLINE_TESTS_MACHINE_H

struct machine {
	double commit_us, sign_us, verify_us, agree_us, seal_us, open_us; /* of one operation, medians */
	double hash_mb_s; /* SHA-256 */
};

/* directory: where the store's file goes, so that it is the same disk. */
void machine_measure(const char *directory, struct machine *out);
double bench_now_us(void);
/* Sorts and gives the value at share (0 … 1). */
double bench_at(double *values, int count, double share);

#endif
