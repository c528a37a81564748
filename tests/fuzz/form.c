/* Draft files: what is taken is written as a draft that reads back the same. */
#include "client/form.h"
#include "tests/fuzz/fuzz.h"

static uint8_t first[1 << 20], again[1 << 20];

static struct bytes encode(const struct form *form, uint8_t *out, size_t size)
{
	struct pack_writer w = pack_writer(out, size);
	struct content content = form->content;

	content.remarks = (struct bytes){NULL, 0}; /* their line ends are folded */
	message_encode(&form->message, &w);
	content_encode(&content, &w);
	return pack_written(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct form form, reread;
	char *text = NULL;
	size_t len = 0;
	FILE *out;
	bool is_taken;

	form_init(&form);
	is_taken = form_parse(&form, "draft", (struct bytes){data, size});
	FUZZ_NEED(is_taken == (form.error == NULL));
	/* what is still to be looked up is not in the structures */
	if (is_taken && form.in_reply_to.len == 0 && form.supersedes.len == 0 && form.incident.len == 0) {
		out = open_memstream(&text, &len);
		FUZZ_NEED(out != NULL);
		form_render(&form.message, &form.content, out);
		fclose(out);
		form_init(&reread);
		if (!form_parse(&reread, "again", (struct bytes){(uint8_t *)text, len}))
			fprintf(stderr, "%s\n%s", reread.error, text);
		FUZZ_NEED(reread.error == NULL);
		FUZZ_NEED(bytes_equal(encode(&form, first, sizeof first), encode(&reread, again, sizeof again)));
		form_finish(&reread);
		free(text);
		fuzz_accepted = 1;
	}
	form_finish(&form);
	return 0;
}
