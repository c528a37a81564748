/* hotline contacts sheet: the page to print while links are up, for the day when they are not. */
#include "client/client.h"

#include <string.h>
#include <time.h>

#include "client/json.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/sheet.h"
#include "proto/result.h"

static void read_sheet(struct pack_reader *r, struct sheet *out)
{
	control_read_contact(r, &out->contact);
	out->generation = pack_read_uint(r, UINT32_MAX);
	out->week = (uint32_t)pack_read_uint(r, SHEET_WEEK_MAX);
	pack_expect_array(r, VOICE_CODES);
	for (size_t i = 0; i < VOICE_CODES; i++)
		out->code[i] = (uint32_t)pack_read_uint(r, VOICE_CODE_MAX);
}

static int show_sheet(const struct client *client, struct sheet *sheet)
{
	struct object object;
	int result = card_open(sheet->contact.card, &object, &sheet->card);

	if (result != RESULT_OK) {
		say_error(_("the card of %.*s can't be read: %s"), BYTES(sheet->contact.name),
			  lang_name(result_name(result)));
		return REFUSED;
	}
	if (client->is_json)
		json_print(json_sheet(sheet), false);
	else
		sheet_print(stdout, sheet);
	return DONE;
}

int cmd_contacts_sheet(struct client *client)
{
	struct pack_writer params = call_params(1, strlen(client->args.rest[0]) + 16);
	struct sheet sheet = {.own = name_bytes(&client->call.station), .now = time(NULL) * SECOND_US};
	struct pack_reader r;
	int result;

	pack_put_text(&params, client->args.rest[0]);
	result = call_do(&client->call, METHOD_SHEET, &params, 4, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	read_sheet(&r, &sheet);
	result = call_read_end(&client->call, &r);
	if (result == DONE)
		result = show_sheet(client, &sheet);
	key_wipe(&sheet, sizeof sheet);
	return result;
}
