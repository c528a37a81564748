/*
 * What happened in the storms, counted over all seeds, also by several processes at a time. Names that begin with
 * "most" keep the largest value instead of a sum.
 */
#ifndef HOTLINE_TESTS_SIM_TALLY_H
#define HOTLINE_TESTS_SIM_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#define TALLIES(X)                                                                                                     \
	X(TALLY_SEEDS, "seeds")                                                                                        \
	X(TALLY_STATIONS, "stations")                                                                                  \
	X(TALLY_HOURS, "station hours")                                                                                \
	X(TALLY_MESSAGES, "messages")                                                                                  \
	X(TALLY_FLASH, "messages: flash")                                                                              \
	X(TALLY_IMMEDIATE, "messages: immediate")                                                                      \
	X(TALLY_PRIORITY, "messages: priority")                                                                        \
	X(TALLY_ROUTINE, "messages: routine")                                                                          \
	X(TALLY_EXERCISE, "messages: exercise")                                                                        \
	X(TALLY_EXPIRING, "messages: expiring")                                                                        \
	X(TALLY_ALERT, "messages: alert")                                                                              \
	X(TALLY_NOTICE, "messages: notice")                                                                            \
	X(TALLY_INQUIRY, "messages: inquiry")                                                                          \
	X(TALLY_ASSIST, "messages: assist")                                                                            \
	X(TALLY_MITIGATE, "messages: mitigate")                                                                        \
	X(TALLY_ANSWER, "messages: answer")                                                                            \
	X(TALLY_HOLD, "messages: hold")                                                                                \
	X(TALLY_DECLINE, "messages: decline")                                                                          \
	X(TALLY_UPDATE, "messages: update")                                                                            \
	X(TALLY_CORRECT, "messages: correct")                                                                          \
	X(TALLY_CANCEL, "messages: cancel")                                                                            \
	X(TALLY_CLOSE, "messages: close")                                                                              \
	X(TALLY_SHOWN, "acts: shown")                                                                                  \
	X(TALLY_ACKNOWLEDGED, "acts: acknowledged")                                                                    \
	X(TALLY_STEP_50, "ladder: 50 % at the sender")                                                                 \
	X(TALLY_STEP_100, "ladder: 100 % at the sender")                                                               \
	X(TALLY_STEP_150, "ladder: 150 % at the sender")                                                               \
	X(TALLY_STEP_200, "ladder: 200 % at the sender")                                                               \
	X(TALLY_STEP_300, "ladder: 300 % at the sender")                                                               \
	X(TALLY_OWN_50, "ladder: 50 % at the addressee")                                                               \
	X(TALLY_OWN_100, "ladder: 100 % at the addressee")                                                             \
	X(TALLY_ACT_ALARMED, "ladder: alarmed")                                                                        \
	X(TALLY_ACT_COPIED, "ladder: copied")                                                                          \
	X(TALLY_ACT_NOBODY, "ladder: nobody to copy to")                                                               \
	X(TALLY_ACT_WAITS, "ladder: waits for an officer")                                                             \
	X(TALLY_ACT_SKIPPED, "ladder: skipped, not enrolled")                                                          \
	X(TALLY_DUE_CUSTODY, "deadline passed: custody")                                                               \
	X(TALLY_DUE_OPEN, "deadline passed: opened")                                                                   \
	X(TALLY_DUE_ACKNOWLEDGE, "")                                                                                   \
	X(TALLY_DUE_ANSWER, "deadline passed: answered")                                                               \
	X(TALLY_DUE_EXPIRY, "deadline passed: expired")                                                                \
	X(TALLY_DUE_HOLD, "deadline passed: a hold ran out")                                                           \
	X(TALLY_DELAY, "fault: delay")                                                                                 \
	X(TALLY_LOSS, "fault: loss of connection")                                                                     \
	X(TALLY_PARTITION, "fault: partition both ways")                                                               \
	X(TALLY_ONE_WAY, "fault: partition one way")                                                                   \
	X(TALLY_SLOW, "fault: slow line")                                                                              \
	X(TALLY_REORDER, "fault: reordering across links")                                                             \
	X(TALLY_DUPLICATE, "fault: duplicate links")                                                                   \
	X(TALLY_REPLAY_RECORD, "fault: first record replayed")                                                         \
	X(TALLY_REPLAY_STREAM, "fault: whole stream replayed")                                                         \
	X(TALLY_CLOCK_FORWARD, "fault: clock stepped forward")                                                         \
	X(TALLY_CLOCK_BACK, "fault: clock stepped back")                                                               \
	X(TALLY_DRIFT, "fault: clock drift")                                                                           \
	X(TALLY_STOP, "fault: orderly end")                                                                            \
	X(TALLY_CRASH, "fault: process killed")                                                                        \
	X(TALLY_POWER, "fault: power cut")                                                                             \
	X(TALLY_KILL_COMMIT, "fault: killed between commit and effects")                                               \
	X(TALLY_KILL_EFFECTS, "fault: killed between two effects")                                                     \
	X(TALLY_DEAD, "fault: power cut at a write or sync")                                                           \
	X(TALLY_TORN, "fault: unsynced sectors lost or torn")                                                          \
	X(TALLY_FULL, "fault: disk full")                                                                              \
	X(TALLY_WRITE, "fault: EIO on write")                                                                          \
	X(TALLY_READ, "fault: EIO on read")                                                                            \
	X(TALLY_SYNC, "fault: failed fsync")                                                                           \
	X(TALLY_NO_START, "fault: no start because of the disk")                                                       \
	X(TALLY_RESTORE, "fault: restored backup")                                                                     \
	X(TALLY_RECOVERED, "recovered from a peer")                                                                    \
	X(TALLY_LATE, "fault: late officers")                                                                          \
	X(TALLY_ABSENT, "fault: absent officers")                                                                      \
	X(TALLY_CHECKED_TWICE, "seeds played twice")                                                                   \
	X(TALLY_MOST_BYTES, "most bytes held for one peer")                                                            \
	X(TALLY_MOST_LINKS, "most connections at one station")

#define TALLY_NAME(name, text) name,
enum tally { TALLIES(TALLY_NAME) TALLY_LAST };
#undef TALLY_NAME

/* Room for the counts, shared with processes forked from here on. Without it counting does nothing. */
void tally_open(void);
void tally(enum tally what);
void tally_add(enum tally what, uint64_t count);
void tally_most(enum tally what, uint64_t value);
/* One line each, "# tally NUMBER NAME". */
void tally_print(void);

#endif
