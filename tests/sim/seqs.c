/* Nothing gets its seq before what is more urgent and waits for the same peer. */
#include <string.h>

#include "tests/sim/storm.h"

void seqs_wait(struct storm *storm, size_t site, const struct leaf *leaf, const struct message *message)
{
	for (size_t i = 0; i < message->action_count + message->info_count; i++) {
		struct waiting *waiting = &storm->waiting[storm->waiting_count];
		bool is_action = i < message->action_count;

		if (message->expires != 0 || storm->waiting_count == STORM_OWED)
			return;
		*waiting = (struct waiting){.site = site, .precedence = message->precedence};
		name_copy(is_action ? message->action[i] : message->info[i - message->action_count], &waiting->to);
		memcpy(waiting->id, leaf->id, OBJECT_ID_BYTES);
		storm->waiting_count++;
	}
}

void seqs_given(struct storm *storm, size_t site, struct bytes peer, const struct leaf *leaf)
{
	struct waiting *own = NULL;

	for (size_t i = 0; i < storm->waiting_count; i++)
		if (storm->waiting[i].site == site && bytes_equal(name_bytes(&storm->waiting[i].to), peer) &&
		    hash_equal(storm->waiting[i].id, leaf->id, OBJECT_ID_BYTES))
			own = &storm->waiting[i];
	for (size_t i = 0; own != NULL && i < storm->waiting_count; i++)
		if (storm->waiting[i].site == site && storm->waiting[i].precedence > own->precedence &&
		    bytes_equal(name_bytes(&storm->waiting[i].to), peer))
			promise_broken(storm, "%s sent %s to %.*s while %s waited", office_name(storm->world, site),
				       precedence_name(own->precedence), (int)peer.len, (const char *)peer.data,
				       precedence_name(storm->waiting[i].precedence));
	if (own != NULL)
		*own = storm->waiting[--storm->waiting_count];
}
