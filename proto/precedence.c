/* What each precedence and each kind asks for: deadlines, text limits, the longest hold (SPEC 5.6). */
#include "proto/message.h"

static const struct precedence_row rows[] = {
    [PRECEDENCE_ROUTINE] = {"routine", 15 * MINUTE_US, 4 * HOUR_US, 6 * HOUR_US, 72 * HOUR_US, LIMIT_TEXT_ROUTINE},
    [PRECEDENCE_PRIORITY] = {"priority", 5 * MINUTE_US, 1 * HOUR_US, 3 * HOUR_US, 24 * HOUR_US, LIMIT_TEXT_PRIORITY},
    [PRECEDENCE_IMMEDIATE] = {"immediate", 60 * SECOND_US, 15 * MINUTE_US, 30 * MINUTE_US, 4 * HOUR_US, LIMIT_TEXT_FLASH},
    [PRECEDENCE_FLASH] = {"flash", 30 * SECOND_US, 5 * MINUTE_US, 10 * MINUTE_US, 30 * MINUTE_US, LIMIT_TEXT_FLASH},
};

const struct precedence_row *precedence_row(uint8_t precedence)
{
	return precedence < sizeof rows / sizeof *rows ? &rows[precedence] : NULL;
}

const char *precedence_name(uint8_t precedence)
{
	const struct precedence_row *row = precedence_row(precedence);

	return row != NULL ? row->name : NULL;
}

int precedence_of(struct bytes name)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (bytes_equal(name, bytes_of(rows[i].name)))
			return (int)i;
	return -1;
}

size_t precedence_text_limit(uint8_t precedence)
{
	const struct precedence_row *row = precedence_row(precedence);

	return row != NULL ? row->text_limit : 0;
}

int64_t precedence_hold_limit(uint8_t precedence)
{
	return precedence == PRECEDENCE_FLASH ? 2 * HOUR_US : 24 * HOUR_US;
}

bool kind_asks_acknowledgement(uint8_t kind)
{
	return kind != KIND_HOLD && kind != KIND_CHECK && kind != KIND_SERVICE;
}

bool kind_asks_answer(uint8_t kind)
{
	return kind <= KIND_MITIGATE;
}
