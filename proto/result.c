/* Outcome codes and their names. */
#include "proto/result.h"

const char *result_name(int result)
{
	static const char *const names[] = {
		[RESULT_OK] = "ok",
		[RESULT_SEAL] = "seal does not open",
		[RESULT_SIGNATURE] = "signature does not verify",
		[RESULT_KEY] = "unknown or revoked key",
		[RESULT_NOT_ADDRESSEE] = "not an addressee",
		[RESULT_MALFORMED] = "malformed",
		[RESULT_NEWER] = "newer version needed",
		[RESULT_LIMIT] = "over a limit",
		[RESULT_EXERCISE] = "exercise not accepted",
		[RESULT_PROOF] = "proof does not verify",
		[RESULT_OLDER] = "older than the one held",
		[RESULT_DIFFERENT] = "differs from the one held",
		[RESULT_INCOMPLETE] = "incomplete",
	};

	if (result < 0 || result >= (int)(sizeof names / sizeof *names))
		return "unknown";
	return names[result];
}
