/* The formulas of SPEC 2 against values computed apart from this program; generations, weeks kept and wiped. */
#include "proto/hash.h"
#include "proto/pair.h"
#include "tests/unit/test.h"
#include "tests/unit/vector.h"

#define WEEK 2940

static const struct name tha = {"tha-cert"}, vnm = {"vnm-cert"};

static bool key_is(const uint8_t key[KEY_BYTES], const char *hex)
{
	return vector_is((struct bytes){key, KEY_BYTES}, hex);
}

static bool is_zero(const void *data, size_t len)
{
	const uint8_t *at = data;
	uint8_t any = 0;

	for (size_t i = 0; i < len; i++)
		any |= at[i];
	return any == 0;
}

static void half_of(unsigned number, uint8_t out[KEY_BYTES])
{
	vector_fill(out, KEY_BYTES, number);
}

/* Both sides of a pair. a is tha, b is vnm. */
struct world {
	struct pair_keys a, b;
};

static void world_init(struct world *world)
{
	pair_init(&world->a, &tha, &vnm);
	pair_init(&world->b, &vnm, &tha);
}

/* One side makes its offer with the half of that number and the other accepts it. */
static int carry(struct pair_keys *from, struct pair_keys *to, unsigned number, uint32_t now)
{
	uint8_t half[KEY_BYTES], offered[KEY_BYTES];
	struct pair_generation *slot;

	half_of(number, half);
	slot = pair_offer(from, half, now, 1);
	memcpy(offered, slot->own_half, KEY_BYTES);
	return pair_accept(to, slot->generation, offered, slot->own_week, now);
}

static void exchange(struct world *world, unsigned number, uint32_t now)
{
	CHECK_EQUAL(carry(&world->a, &world->b, number, now), RESULT_OK);
	CHECK_EQUAL(carry(&world->b, &world->a, number + 100, now), RESULT_OK);
}

static void begin_static(struct pair_keys *pair, bool is_a, uint32_t now)
{
	uint8_t secret[2][KEY_BYTES];
	struct link_pair link[2];

	half_of(1, secret[0]);
	half_of(101, secret[1]);
	key_link_pair(secret[0], &link[0]);
	key_link_pair(secret[1], &link[1]);
	CHECK_EQUAL(pair_begin_static(pair, &link[!is_a], link[is_a].public, now), RESULT_OK);
}

static struct pair_generation *held(struct pair_keys *pair, uint32_t generation)
{
	return (struct pair_generation *)pair_generation_find(pair, generation);
}

static int link_keys(struct pair_keys *pair, uint32_t generation, uint32_t week)
{
	struct week_keys keys;

	return pair_week_keys(held(pair, generation), week, &keys);
}

static int seal_key(struct pair_keys *pair, uint32_t generation, uint32_t week, uint32_t now)
{
	uint8_t key[KEY_BYTES];

	return pair_seal_key(held(pair, generation), week, now, key);
}

/* formulas */

TEST(the_chain_is_as_the_specification_says)
{
	uint8_t half_a[KEY_BYTES], half_b[KEY_BYTES], root[KEY_BYTES], chain[KEY_BYTES];
	struct week_keys keys;

	half_of(1, half_a);
	half_of(101, half_b);
	pair_root(half_a, half_b, &tha, &vnm, 1, root);
	CHECK(key_is(root, "d2a313caf36777c2bb1ca99703ea0a2a3fd588c484df6ab47524f387480eb0bb"));
	pair_chain_start(root, chain);
	CHECK(key_is(chain, "e1f352921f7f5c2de60851c29e77b5a457b82ab81410f1dc8b96417df844e085"));
	pair_chain_keys(chain, &keys);
	CHECK(key_is(keys.link, "0cc30e4271747a203ac30e0d3035fa990b31103b66d3334c9cb01f258814add6"));
	CHECK(key_is(keys.seal, "f57fb6c965cf7c1423f87a846cd4f01377b2b094312265d10673dd9c36c5f877"));
	CHECK(key_is(keys.tag, "9964b2ab8997d9d729cf4651928f2631a94e011c98dec9981d74fa5687221b0c"));
	pair_chain_next(chain);
	CHECK(key_is(chain, "66ad05c2478ef9a4e1781a8be1a925435f6d766c2d700319c67ac797432b9c53"));
}

TEST(both_sides_make_the_same_root_and_generations_differ)
{
	uint8_t half_a[KEY_BYTES], half_b[KEY_BYTES], a[KEY_BYTES], b[KEY_BYTES];

	half_of(1, half_a);
	half_of(101, half_b);
	pair_root(half_a, half_b, &tha, &vnm, 1, a);
	pair_root(half_b, half_a, &vnm, &tha, 1, b);
	CHECK(hash_equal(a, b, KEY_BYTES));
	pair_root(half_b, half_a, &vnm, &tha, 2, b);
	CHECK(!hash_equal(a, b, KEY_BYTES));
}

TEST(generation_0_is_as_the_specification_says)
{
	struct world world;
	struct week_keys a, b;

	world_init(&world);
	begin_static(&world.a, true, WEEK);
	begin_static(&world.b, false, WEEK + 1);
	CHECK_EQUAL(pair_week_keys(held(&world.a, 0), 2940, &a), RESULT_OK);
	CHECK_EQUAL(pair_week_keys(held(&world.b, 0), 2940, &b), RESULT_OK);
	CHECK(key_is(a.link, "4d9b39ec375810549d5ef40b1ac6eb5c65a82f308888d4a88f5a9083ed1a454d"));
	CHECK(memcmp(&a, &b, sizeof a) == 0);
}

TEST(the_static_root_is_as_the_specification_says)
{
	uint8_t secret[KEY_BYTES], shared[KEY_BYTES], root[KEY_BYTES];
	struct link_pair link;

	half_of(101, secret);
	key_link_pair(secret, &link);
	half_of(1, secret);
	CHECK_EQUAL(key_agree(secret, link.public, shared), RESULT_OK);
	pair_root_static(shared, &vnm, &tha, root);
	CHECK(key_is(root, "3650cfc7807cdd391fe0fd5b06875cdb172115b428c399126e5a7b07c3651192"));
}

TEST(a_link_key_that_agrees_on_zeros_begins_nothing)
{
	static const uint8_t zero[KEY_BYTES];
	struct pair_keys pair;
	struct link_pair own;

	key_link_pair(zero, &own);
	pair_init(&pair, &tha, &vnm);
	CHECK_EQUAL(pair_begin_static(&pair, &own, zero, WEEK), RESULT_KEY);
	CHECK(pair_generation_find(&pair, 0) == NULL);
}

TEST(a_new_link_key_starts_generation_0_anew)
{
	struct pair_keys pair;
	struct link_pair own;
	struct week_keys before, after;
	uint8_t secret[KEY_BYTES] = {9};

	pair_init(&pair, &tha, &vnm);
	begin_static(&pair, true, WEEK);
	pair_authenticated(&pair, 0, WEEK);
	CHECK_EQUAL(pair_week_keys(held(&pair, 0), WEEK, &before), RESULT_OK);
	key_link_pair(secret, &own);
	CHECK_EQUAL(pair_begin_static(&pair, &own, own.public, WEEK), RESULT_OK);
	CHECK_EQUAL(pair_week_keys(held(&pair, 0), WEEK, &after), RESULT_OK);
	CHECK(memcmp(&before, &after, sizeof before) != 0);
	CHECK(!held(&pair, 0)->is_proven);
}

/* offers */

TEST(two_offers_make_the_same_keys_whoever_is_first)
{
	struct world world;
	struct week_keys a, b;

	world_init(&world);
	exchange(&world, 1, WEEK);
	CHECK_EQUAL(pair_week_keys(held(&world.a, 1), WEEK, &a), RESULT_OK);
	CHECK_EQUAL(pair_week_keys(held(&world.b, 1), WEEK, &b), RESULT_OK);
	CHECK(memcmp(&a, &b, sizeof a) == 0);
	CHECK(key_is(a.link, "0cc30e4271747a203ac30e0d3035fa990b31103b66d3334c9cb01f258814add6"));
}

TEST(offers_that_cross_make_the_same_keys)
{
	struct world world;
	struct week_keys a, b;
	uint8_t half_a[KEY_BYTES], half_b[KEY_BYTES];

	world_init(&world);
	half_of(1, half_a);
	half_of(101, half_b);
	pair_offer(&world.a, half_a, WEEK, 1);
	pair_offer(&world.b, half_b, WEEK + 1, 1);
	CHECK_EQUAL(pair_accept(&world.a, 1, half_b, WEEK + 1, WEEK), RESULT_OK);
	CHECK_EQUAL(pair_accept(&world.b, 1, half_a, WEEK, WEEK + 1), RESULT_OK);
	CHECK_EQUAL(pair_week_keys(held(&world.a, 1), WEEK + 3, &a), RESULT_OK);
	CHECK_EQUAL(pair_week_keys(held(&world.b, 1), WEEK + 3, &b), RESULT_OK);
	CHECK(memcmp(&a, &b, sizeof a) == 0);
}

TEST(one_half_alone_makes_no_generation)
{
	struct world world;

	world_init(&world);
	CHECK_EQUAL(carry(&world.a, &world.b, 1, WEEK), RESULT_OK);
	CHECK(pair_generation_find(&world.a, 1) == NULL && pair_generation_find(&world.b, 1) == NULL);
	CHECK(pair_generation_to_send(&world.a) == NULL);
}

TEST(an_offer_made_again_is_the_same_half)
{
	struct pair_keys pair;
	uint8_t half[KEY_BYTES], other[KEY_BYTES];
	struct pair_generation *first, *again;

	half_of(1, half);
	half_of(2, other);
	pair_init(&pair, &tha, &vnm);
	first = pair_offer(&pair, half, WEEK, 7);
	again = pair_offer(&pair, other, WEEK + 1, 8);
	CHECK(first == again && hash_equal(again->own_half, half, KEY_BYTES));
	CHECK(again->own_week == WEEK && again->own_made_at == 7);
}

TEST(a_completing_offer_can_be_made_again_until_the_peer_has_shown_it)
{
	struct world world;
	uint8_t half[KEY_BYTES], other[KEY_BYTES];
	struct pair_generation *slot;

	half_of(101, half);
	half_of(2, other);
	world_init(&world);
	CHECK_EQUAL(carry(&world.a, &world.b, 1, WEEK), RESULT_OK);
	slot = pair_offer(&world.b, half, WEEK, 1);
	CHECK(slot->is_complete && hash_equal(slot->own_half, half, KEY_BYTES));
	CHECK(pair_offer(&world.b, other, WEEK, 1) == slot && hash_equal(slot->own_half, half, KEY_BYTES));
	CHECK(pair_authenticated(&world.b, 1, WEEK));
	CHECK_EQUAL(pair_offer(&world.b, other, WEEK, 1)->generation, 2);
}

TEST(the_peers_half_goes_when_the_chain_begins_and_the_own_half_when_it_is_proven)
{
	struct world world;
	const struct pair_generation *slot;

	world_init(&world);
	exchange(&world, 1, WEEK);
	slot = pair_generation_find(&world.a, 1);
	CHECK(!slot->has_peer_half && is_zero(slot->peer_half, KEY_BYTES) && slot->has_own_half);
	pair_authenticated(&world.a, 1, WEEK);
	CHECK(!slot->has_own_half && is_zero(slot->own_half, KEY_BYTES));
}

TEST(the_next_offer_after_a_proven_generation_has_the_next_number)
{
	struct world world;
	uint8_t half[KEY_BYTES] = {3};

	world_init(&world);
	exchange(&world, 1, WEEK);
	pair_authenticated(&world.a, 1, WEEK);
	CHECK_EQUAL(pair_offer(&world.a, half, WEEK, 1)->generation, 2);
}

TEST(the_same_offer_again_changes_nothing_even_once_complete)
{
	struct world world;
	struct pair_keys before;
	uint8_t half[KEY_BYTES];

	half_of(1, half);
	world_init(&world);
	CHECK_EQUAL(pair_accept(&world.b, 1, half, WEEK, WEEK), RESULT_OK);
	before = world.b;
	CHECK_EQUAL(pair_accept(&world.b, 1, half, WEEK, WEEK), RESULT_OK);
	CHECK(memcmp(&before, &world.b, sizeof before) == 0);
	CHECK_EQUAL(carry(&world.b, &world.a, 101, WEEK), RESULT_OK);
	before = world.b;
	CHECK_EQUAL(pair_accept(&world.b, 1, half, WEEK, WEEK), RESULT_OK);
	CHECK(memcmp(&before, &world.b, sizeof before) == 0);
}

TEST(another_half_of_an_accepted_generation_is_older)
{
	struct world world;
	uint8_t half[KEY_BYTES] = {1}, other[KEY_BYTES] = {2};

	world_init(&world);
	CHECK_EQUAL(pair_accept(&world.b, 2, half, WEEK, WEEK), RESULT_OK);
	CHECK_EQUAL(pair_accept(&world.b, 2, other, WEEK, WEEK), RESULT_OLDER);
	CHECK_EQUAL(pair_accept(&world.b, 1, other, WEEK, WEEK), RESULT_OLDER);
	CHECK_EQUAL(pair_accept(&world.b, 3, other, WEEK, WEEK), RESULT_OK);
}

TEST(an_offer_of_generation_0_is_older)
{
	struct pair_keys pair;
	static const uint8_t zero[KEY_BYTES];

	pair_init(&pair, &tha, &vnm);
	CHECK_EQUAL(pair_accept(&pair, 0, zero, WEEK, WEEK), RESULT_OLDER);
}

TEST(an_offer_of_the_next_week_is_taken_and_of_the_one_after_not)
{
	struct pair_keys pair;
	uint8_t half[KEY_BYTES] = {1};

	pair_init(&pair, &tha, &vnm);
	CHECK_EQUAL(pair_accept(&pair, 1, half, WEEK + 2, WEEK), RESULT_LIMIT);
	CHECK_EQUAL(pair.accepted_generation, 0);
	CHECK_EQUAL(pair_accept(&pair, 1, half, WEEK + 1, WEEK), RESULT_OK);
}

TEST(a_generation_may_be_1000_beyond_the_last_and_no_more)
{
	struct pair_keys pair;
	uint8_t half[KEY_BYTES] = {1};

	pair_init(&pair, &tha, &vnm);
	CHECK_EQUAL(pair_accept(&pair, 1001, half, WEEK, WEEK), RESULT_LIMIT);
	CHECK_EQUAL(pair_accept(&pair, 1000, half, WEEK, WEEK), RESULT_OK);
}

TEST(the_own_offer_takes_the_number_of_the_peers_waiting_half)
{
	struct pair_keys pair;
	uint8_t half[KEY_BYTES] = {1}, own[KEY_BYTES] = {2};

	pair_init(&pair, &tha, &vnm);
	pair_offer(&pair, own, WEEK, 1);
	CHECK_EQUAL(pair_accept(&pair, 5, half, WEEK, WEEK), RESULT_OK);
	CHECK_EQUAL(pair_offer(&pair, own, WEEK, 1)->generation, 5);
	CHECK(pair_generation_find(&pair, 5) != NULL);
}

TEST(the_generation_that_works_is_never_pushed_out)
{
	struct world world;
	uint8_t half[KEY_BYTES] = {9};

	world_init(&world);
	begin_static(&world.a, true, WEEK);
	exchange(&world, 1, WEEK);
	pair_authenticated(&world.a, 1, WEEK);
	for (uint32_t generation = 2; generation < 9; generation++) {
		half[0]++;
		CHECK_EQUAL(pair_accept(&world.a, generation, half, WEEK, WEEK), RESULT_OK);
		pair_offer(&world.a, half, WEEK, 1);
		CHECK(pair_generation_find(&world.a, generation) != NULL);
		CHECK(pair_generation_find(&world.a, 1) != NULL);
	}
}

/* weeks */

TEST(a_week_before_the_later_offer_has_that_offers_keys)
{
	struct world world;
	struct week_keys first, earlier, next;

	world_init(&world);
	CHECK_EQUAL(carry(&world.a, &world.b, 1, WEEK), RESULT_OK);
	CHECK_EQUAL(carry(&world.b, &world.a, 101, WEEK + 3), RESULT_OK);
	CHECK_EQUAL(pair_week_keys(held(&world.a, 1), WEEK + 3, &first), RESULT_OK);
	CHECK_EQUAL(pair_week_keys(held(&world.a, 1), WEEK, &earlier), RESULT_OK);
	CHECK_EQUAL(pair_week_keys(held(&world.a, 1), WEEK + 4, &next), RESULT_OK);
	CHECK(memcmp(&first, &earlier, sizeof first) == 0);
	CHECK(memcmp(&first, &next, sizeof first) != 0);
}

TEST(until_the_peer_is_authenticated_every_week_is_kept)
{
	struct world world;

	world_init(&world);
	exchange(&world, 1, WEEK);
	CHECK_EQUAL(link_keys(&world.a, 1, WEEK), RESULT_OK);
	CHECK_EQUAL(link_keys(&world.a, 1, WEEK + 52), RESULT_OK);
	CHECK_EQUAL(seal_key(&world.a, 1, WEEK, WEEK + 52), RESULT_OK);
}

TEST(an_authentication_keeps_the_chain_from_the_week_before)
{
	struct world world;

	world_init(&world);
	exchange(&world, 1, WEEK);
	CHECK(pair_authenticated(&world.a, 1, WEEK + 10));
	CHECK_EQUAL(link_keys(&world.a, 1, WEEK + 8), RESULT_KEY);
	CHECK_EQUAL(link_keys(&world.a, 1, WEEK + 9), RESULT_OK);
	CHECK_EQUAL(link_keys(&world.a, 1, WEEK + 11), RESULT_OK);
}

TEST(of_the_four_weeks_before_that_only_the_seal_key_is_kept)
{
	struct world world;

	world_init(&world);
	exchange(&world, 1, WEEK);
	pair_authenticated(&world.a, 1, WEEK + 10);
	CHECK_EQUAL(seal_key(&world.a, 1, WEEK + 4, WEEK + 10), RESULT_KEY);
	for (uint32_t week = WEEK + 5; week <= WEEK + 11; week++)
		CHECK_EQUAL(seal_key(&world.a, 1, week, WEEK + 10), RESULT_OK);
}

TEST(a_kept_seal_key_is_the_one_the_chain_gave)
{
	struct world world;
	uint8_t from_chain[KEY_BYTES], kept[KEY_BYTES];

	world_init(&world);
	exchange(&world, 1, WEEK);
	CHECK_EQUAL(pair_seal_key(held(&world.b, 1), WEEK + 1, WEEK + 1, from_chain), RESULT_OK);
	CHECK(key_is(from_chain, "d376f28aab5974fd1087c29facb78ee92c5024f5d7b18894999a9037a509ffc2"));
	for (uint32_t week = WEEK; week <= WEEK + 6; week++)
		pair_authenticated(&world.a, 1, week);
	CHECK_EQUAL(pair_seal_key(held(&world.a, 1), WEEK + 1, WEEK + 6, kept), RESULT_OK);
	CHECK(hash_equal(from_chain, kept, KEY_BYTES));
	pair_authenticated(&world.a, 1, WEEK + 7);
	CHECK_EQUAL(seal_key(&world.a, 1, WEEK + 1, WEEK + 7), RESULT_KEY);
}

TEST(nothing_of_a_wiped_week_is_left_in_memory)
{
	struct world world;
	struct week_keys keys;
	const uint8_t *at = (const uint8_t *)&world.a;

	world_init(&world);
	exchange(&world, 1, WEEK);
	CHECK_EQUAL(pair_week_keys(held(&world.a, 1), WEEK + 4, &keys), RESULT_OK);
	pair_authenticated(&world.a, 1, WEEK + 9);
	CHECK(memmem(at, sizeof world.a, keys.seal, KEY_BYTES) != NULL);
	pair_authenticated(&world.a, 1, WEEK + 10);
	CHECK(memmem(at, sizeof world.a, keys.seal, KEY_BYTES) == NULL);
}

TEST(an_earlier_week_brings_nothing_back_and_changes_nothing)
{
	struct world world;

	world_init(&world);
	exchange(&world, 1, WEEK);
	CHECK(pair_authenticated(&world.a, 1, WEEK + 10));
	CHECK(!pair_authenticated(&world.a, 1, WEEK + 10));
	CHECK(!pair_authenticated(&world.a, 1, WEEK + 9));
	CHECK_EQUAL(held(&world.a, 1)->highest_week, WEEK + 10);
}

TEST(a_seal_key_is_given_up_to_the_next_week)
{
	struct world world;

	world_init(&world);
	exchange(&world, 1, WEEK);
	CHECK_EQUAL(seal_key(&world.a, 1, WEEK + 1, WEEK), RESULT_OK);
	CHECK_EQUAL(seal_key(&world.a, 1, WEEK + 2, WEEK), RESULT_KEY);
}

TEST(a_week_absurdly_far_ahead_has_no_keys)
{
	struct world world;

	world_init(&world);
	exchange(&world, 1, WEEK);
	CHECK_EQUAL(link_keys(&world.a, 1, WEEK + 10000), RESULT_OK);
	CHECK_EQUAL(link_keys(&world.a, 1, WEEK + 10001), RESULT_KEY);
	CHECK(!pair_authenticated(&world.a, 1, UINT32_MAX));
}

TEST(generation_0_is_held_from_five_weeks_back)
{
	struct pair_keys pair;

	pair_init(&pair, &tha, &vnm);
	begin_static(&pair, true, WEEK);
	CHECK_EQUAL(link_keys(&pair, 0, WEEK - 6), RESULT_KEY);
	CHECK_EQUAL(link_keys(&pair, 0, WEEK - 5), RESULT_OK);
	begin_static(&pair, true, 3);
	CHECK_EQUAL(link_keys(&pair, 0, 0), RESULT_OK);
}

TEST(a_generation_not_held_is_never_authenticated)
{
	struct world world;

	world_init(&world);
	CHECK_EQUAL(carry(&world.a, &world.b, 1, WEEK), RESULT_OK);
	CHECK(!pair_authenticated(&world.b, 1, WEEK));
	CHECK(!pair_authenticated(&world.b, 7, WEEK));
}

/* which generation to send under */

static int to_send(const struct pair_keys *pair)
{
	const struct pair_generation *slot = pair_generation_to_send(pair);

	return slot != NULL ? (int)slot->generation : -1;
}

TEST(before_anything_is_known_the_highest_held_is_sent)
{
	struct world world;

	world_init(&world);
	begin_static(&world.a, true, WEEK);
	CHECK_EQUAL(to_send(&world.a), 0);
	exchange(&world, 1, WEEK);
	CHECK_EQUAL(to_send(&world.a), 1);
}

TEST(after_three_silent_closes_the_one_below_is_sent)
{
	struct world world;

	world_init(&world);
	begin_static(&world.a, true, WEEK);
	exchange(&world, 1, WEEK);
	world.a.unproven_closes = 2;
	CHECK_EQUAL(to_send(&world.a), 1);
	world.a.unproven_closes = 3;
	CHECK_EQUAL(to_send(&world.a), 0);
}

TEST(after_three_silent_closes_without_one_below_the_highest_is_sent)
{
	struct world world;

	world_init(&world);
	exchange(&world, 1, WEEK);
	world.a.unproven_closes = 3;
	CHECK_EQUAL(to_send(&world.a), 1);
}

TEST(what_the_peer_has_proven_is_sent_until_it_announces_more)
{
	struct world world;

	world_init(&world);
	begin_static(&world.a, true, WEEK);
	pair_authenticated(&world.a, 0, WEEK);
	exchange(&world, 1, WEEK);
	CHECK_EQUAL(to_send(&world.a), 0);
	world.a.announced_generation = 1;
	CHECK_EQUAL(to_send(&world.a), 1);
}

TEST(an_announced_generation_not_held_is_not_sent)
{
	struct world world;

	world_init(&world);
	begin_static(&world.a, true, WEEK);
	pair_authenticated(&world.a, 0, WEEK);
	CHECK_EQUAL(carry(&world.a, &world.b, 1, WEEK), RESULT_OK);
	world.a.announced_generation = 1;
	CHECK_EQUAL(to_send(&world.a), 0);
}

TEST(generation_0_is_never_sent_once_another_has_worked)
{
	struct world world;

	world_init(&world);
	begin_static(&world.a, true, WEEK);
	pair_authenticated(&world.a, 0, WEEK);
	exchange(&world, 1, WEEK);
	CHECK(pair_authenticated(&world.a, 1, WEEK));
	world.a.unproven_closes = 200;
	CHECK_EQUAL(to_send(&world.a), 1);
	pair_authenticated(&world.a, 0, WEEK + 1);
	CHECK_EQUAL(to_send(&world.a), 1);
}

TEST(generation_0_never_comes_back_once_another_has_worked)
{
	struct world world;

	world_init(&world);
	exchange(&world, 1, WEEK);
	pair_authenticated(&world.a, 1, WEEK);
	begin_static(&world.a, true, WEEK);
	CHECK(pair_generation_find(&world.a, 0) == NULL);
}

TEST(an_authentication_ends_the_count_of_silent_closes)
{
	struct world world;

	world_init(&world);
	exchange(&world, 1, WEEK);
	pair_authenticated(&world.a, 1, WEEK);
	world.a.unproven_closes = 3;
	CHECK(pair_authenticated(&world.a, 1, WEEK));
	CHECK_EQUAL(world.a.unproven_closes, 0);
}

TEST(the_generation_before_is_accepted_for_five_weeks)
{
	struct world world;

	world_init(&world);
	exchange(&world, 1, WEEK);
	pair_authenticated(&world.a, 1, WEEK);
	exchange(&world, 2, WEEK);
	pair_authenticated(&world.a, 2, WEEK + 2);
	CHECK(pair_authenticated(&world.a, 2, WEEK + 6));
	CHECK(pair_generation_find(&world.a, 1) != NULL);
	CHECK(pair_authenticated(&world.a, 2, WEEK + 7));
	CHECK(pair_generation_find(&world.a, 1) == NULL);
	CHECK(pair_generation_find(&world.a, 2) != NULL);
}

/* the file */

static void full_pair(struct pair_keys *out)
{
	struct world world;

	world_init(&world);
	begin_static(&world.a, true, WEEK);
	exchange(&world, 1, WEEK - 20);
	pair_authenticated(&world.a, 1, WEEK);
	half_of(3, world.b.slot[0].own_half);
	CHECK_EQUAL(pair_accept(&world.a, 2, world.b.slot[0].own_half, WEEK, WEEK), RESULT_OK);
	world.a.announced_generation = 1;
	world.a.unproven_closes = 2;
	*out = world.a;
}

TEST(the_state_is_read_back_and_goes_on)
{
	struct pair_keys pair, read;
	uint8_t buffer[PAIR_FILE_BYTES];

	full_pair(&pair);
	CHECK_EQUAL(pair_decode(pair_encode(&pair, buffer), &read), RESULT_OK);
	CHECK(memcmp(&pair, &read, sizeof pair) == 0);
	CHECK(pair_authenticated(&read, 1, WEEK + 1) && pair_authenticated(&pair, 1, WEEK + 1));
	CHECK(memcmp(&pair, &read, sizeof pair) == 0);
}

TEST(a_new_pair_is_read_back)
{
	struct pair_keys pair, read;
	uint8_t buffer[PAIR_FILE_BYTES];

	pair_init(&pair, &tha, &vnm);
	CHECK_EQUAL(pair_decode(pair_encode(&pair, buffer), &read), RESULT_OK);
	CHECK(memcmp(&pair, &read, sizeof pair) == 0);
}

TEST(a_state_cut_short_or_grown_is_malformed)
{
	struct pair_keys pair, read = {0};
	uint8_t buffer[PAIR_FILE_BYTES] = {0};
	struct bytes file;

	full_pair(&pair);
	file = pair_encode(&pair, buffer);
	for (size_t len = 0; len < file.len; len++)
		CHECK_EQUAL(pair_decode((struct bytes){buffer, len}, &read), RESULT_MALFORMED);
	CHECK_EQUAL(pair_decode((struct bytes){buffer, file.len + 1}, &read), RESULT_MALFORMED);
	CHECK(is_zero(&read, sizeof read));
}

/* Each makes the state one that no encoder writes. */
static int decode_broken(const struct pair_keys *pair)
{
	struct pair_keys read;
	uint8_t buffer[PAIR_FILE_BYTES];

	return pair_decode(pair_encode(pair, buffer), &read);
}

TEST(an_impossible_state_is_malformed)
{
	struct pair_keys pair;

	full_pair(&pair);
	pair.slot[1].generation = pair.slot[0].generation;
	CHECK_EQUAL(decode_broken(&pair), RESULT_MALFORMED);
	full_pair(&pair);
	pair.slot[2].has_own_half = true;
	CHECK_EQUAL(decode_broken(&pair), RESULT_MALFORMED);
	full_pair(&pair);
	pair.slot[2].has_peer_half = false;
	CHECK_EQUAL(decode_broken(&pair), RESULT_MALFORMED);
	full_pair(&pair);
	pair.slot[1].has_peer_half = true;
	CHECK_EQUAL(decode_broken(&pair), RESULT_MALFORMED);
	full_pair(&pair);
	pair.slot[2].is_proven = true;
	CHECK_EQUAL(decode_broken(&pair), RESULT_MALFORMED);
	full_pair(&pair);
	pair.slot[1].proven_week = pair.slot[1].highest_week + 1;
	CHECK_EQUAL(decode_broken(&pair), RESULT_MALFORMED);
}

TEST(old_seals_out_of_place_are_malformed)
{
	struct pair_keys pair;

	full_pair(&pair);
	pair.slot[1].old_seal[0].week = pair.slot[1].old_seal[1].week;
	CHECK_EQUAL(decode_broken(&pair), RESULT_MALFORMED);
	full_pair(&pair);
	pair.slot[1].old_seal[pair.slot[1].chain_week % 4].week = pair.slot[1].chain_week;
	CHECK_EQUAL(decode_broken(&pair), RESULT_MALFORMED);
}

TEST(a_state_of_invalid_names_is_malformed)
{
	struct pair_keys pair;

	full_pair(&pair);
	pair.own.text[0] = 'T';
	CHECK_EQUAL(decode_broken(&pair), RESULT_MALFORMED);
	full_pair(&pair);
	pair.peer.text[3] = '\0';
	CHECK_EQUAL(decode_broken(&pair), RESULT_MALFORMED);
}

TEST(a_wiped_pair_is_zero)
{
	struct pair_keys pair;

	full_pair(&pair);
	pair_wipe(&pair);
	CHECK(is_zero(&pair, sizeof pair));
}

/* Of the chain of week 2962 in SPEC 2.2. */
TEST(voice_codes_follow_their_formula)
{
	static const uint32_t expected[VOICE_CODES] = {700018, 617436, 235814, 976514, 900225, 881793, 866077, 67075, 474403, 324564, 178302, 408929, 18837, 504963, 972849, 585900, 900724, 50742, 444258, 410819};
	uint8_t chain[KEY_BYTES];
	uint32_t code[VOICE_CODES];

	vector_hex("54052d093a15e054a5ba81b47c98f17a9eb2a88ce6b3f764373d2d1a6e382479", chain, sizeof chain);
	pair_chain_codes(chain, code);
	for (size_t i = 0; i < VOICE_CODES; i++)
		CHECK_EQUAL(code[i], expected[i]);
}

TEST(voice_codes_are_the_same_at_both_ends_and_go_with_their_week)
{
	struct world world;
	uint32_t a[VOICE_CODES], b[VOICE_CODES], next[VOICE_CODES];

	world_init(&world);
	exchange(&world, 1, WEEK);
	CHECK_EQUAL(pair_voice_codes(held(&world.a, 1), WEEK, a), RESULT_OK);
	CHECK_EQUAL(pair_voice_codes(held(&world.b, 1), WEEK, b), RESULT_OK);
	CHECK_EQUAL(pair_voice_codes(held(&world.a, 1), WEEK + 1, next), RESULT_OK);
	CHECK(memcmp(a, b, sizeof a) == 0 && memcmp(a, next, sizeof a) != 0);
	CHECK(pair_authenticated(&world.a, 1, WEEK + 2));
	CHECK_EQUAL(pair_voice_codes(held(&world.a, 1), WEEK, a), RESULT_KEY);
	CHECK_EQUAL(pair_voice_codes(held(&world.a, 1), WEEK + 1, a), RESULT_OK);
	CHECK(memcmp(a, next, sizeof a) == 0);
}
