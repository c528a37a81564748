/* What people write: names, numbers, references, times, spans, fingerprints; what has a form is read back from it. */
#include "proto/key.h"
#include "proto/name.h"
#include "tests/fuzz/fuzz.h"

static void read_time(struct bytes in)
{
	char text[TIME_TEXT];
	int64_t at, again;

	if (!time_parse(in, &at))
		return;
	fuzz_accepted = 1;
	time_format_iso_micro(at, text);
	FUZZ_NEED(time_parse(bytes_of(text), &again) && again == at);
	time_format_dtg(at, text);
	time_format_iso(at, text);
	time_week(at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t root[KEY_BYTES] = {4};
	struct bytes in = {data, size};
	char text[NUMBER_TEXT];
	struct number number, again;
	struct reference reference;
	struct name name;
	int64_t span;

	if (name_copy(in, &name)) {
		FUZZ_NEED(bytes_equal(name_bytes(&name), in) && name_is_valid(in) && name_state(in).len < in.len);
		fuzz_accepted = 1;
	}
	if (number_parse(in, &number)) {
		number_format(number, text);
		FUZZ_NEED(number_parse(bytes_of(text), &again) && again.year == number.year &&
			  again.digits == number.digits);
		fuzz_accepted = 1;
	}
	fuzz_accepted |= reference_parse(in, &reference) || time_parse_span(in, &span) || name_is_function(in) ||
			 name_is_state(in) || key_fingerprint_matches(root, in);
	read_time(in);
	return 0;
}
