/*
 * A large record made from fixed keys, the same each time: a station with three peers, messages both ways with their
 * receipts and checkpoints, one in twenty refused or superseded, and the station log beside them.
 */
#ifndef HOTLINE_TESTS_BENCH_RECORD_H
#define HOTLINE_TESTS_BENCH_RECORD_H

#include <stdint.h>

/* Writes DIRECTORY/record and the cards DIRECTORY/card-0 … card-3; the directory is there. At least so many entries. */
void record_make(const char *directory, uint64_t entries);

#endif
