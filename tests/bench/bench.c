/*
 * Two real daemons as an office of one person would configure them, and messages of 1 KiB between them. Prints rates
 * and latencies beside the machine's own figures of the same run; asserts nothing about time.
 *
 *   bench HOTLINED HOTLINE [MESSAGES]
 */
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proto/control.h"
#include "proto/export.h"
#include "proto/receipt.h"
#include "proto/result.h"
#include "tests/bench/machine.h"

#define IN_FLIGHT 64
#define ALONE 500
#define TEXT 1024
#define INPUT (4 * MIB)

struct station {
	const char *name;
	char directory[256];
	int port;
	pid_t pid;
	int control;
	uint32_t call;
	uint8_t *in;
	size_t in_len;
};

static char root[] = "/tmp/hotline-bench-XXXXXX";

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static pid_t spawn(const char *const argv[], const char *output)
{
	pid_t pid;

	fflush(stdout); /* or the child would print it again */
	pid = fork();

	if (pid != 0)
		return pid;
	if (freopen("/dev/null", "r", stdin) == NULL || freopen(output, "a", stdout) == NULL ||
	    freopen(output, "a", stderr) == NULL)
		_exit(1);
	execv(argv[0], (char *const *)argv);
	_exit(1);
}

static void start(struct station *station, char *hotlined, char *hotline)
{
	char path[300], endpoint[32], output[300];
	const char *init[] = {hotline,	"keys",	       "init",	     "--plain", "--dir",  station->directory,
			      "--name", station->name, "--endpoint", endpoint, NULL};
	const char *serve[] = {hotlined, "-c", path, NULL};
	int status = 0;
	FILE *file;

	snprintf(station->directory, sizeof station->directory, "%s/%s", root, station->name);
	snprintf(endpoint, sizeof endpoint, "127.0.0.1:%d", station->port);
	snprintf(output, sizeof output, "%s/output-%s", root, station->name);
	mkdir(station->directory, 0700);
	if (waitpid(spawn(init, output), &status, 0) < 0 || status != 0)
		die("hotline keys init failed");
	snprintf(path, sizeof path, "%s/conf", station->directory);
	file = fopen(path, "w");
	if (file == NULL)
		die(path);
	fprintf(file,
		"station = \"%s\"\ndirectory = \"%s\"\ncontrol = \"%s/control\"\nlisten = {\"%s\"}\nrelease { "
		"second_person = no }\n"
		"officer \"desk\" { uid = %u roles = {\"drafter\", \"releaser\", \"watch\", \"admin\"} }\n",
		station->name, station->directory, station->directory, endpoint, getuid());
	fclose(file);
	station->pid = spawn(serve, output);
}

static void dial(struct station *station)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof address.sun_path, "%.80s/control", station->directory);
	station->in = malloc(INPUT);
	for (int tries = 0; tries < 200; tries++, usleep(50000)) {
		station->control = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(station->control, (struct sockaddr *)&address, sizeof address) == 0)
			return;
		close(station->control);
	}
	die("the daemon does not answer");
}

static void ask(struct station *station, enum method method, struct bytes params)
{
	static uint8_t frame[2 * MIB];
	struct pack_writer w = pack_writer(frame, sizeof frame);
	struct control_rpc rpc = {.type = CONTROL_REQUEST,
				  .id = ++station->call,
				  .method = bytes_of(method_rows[method].name),
				  .params = params};

	control_put_rpc(&w, &rpc);
	if (write(station->control, w.data, w.len) != (ssize_t)w.len)
		die("write");
}

/* The next message from the daemon; borrowed until the next call. */
static struct control_rpc next(struct station *station)
{
	static uint8_t kept[2 * MIB];
	struct control_rpc rpc;
	size_t len;

	while (control_decode((struct bytes){station->in, station->in_len}, &rpc, &len) != RESULT_OK) {
		ssize_t got = read(station->control, station->in + station->in_len, INPUT - station->in_len);

		if (got <= 0)
			die("the daemon hung up");
		station->in_len += (size_t)got;
	}
	memcpy(kept, station->in, len);
	station->in_len -= len;
	memmove(station->in, station->in + len, station->in_len);
	control_decode((struct bytes){kept, len}, &rpc, &len);
	return rpc;
}

/* The answer to the last call; events in between are dropped. */
static struct bytes answer(struct station *station)
{
	struct control_rpc rpc;

	do
		rpc = next(station);
	while (rpc.type != CONTROL_RESPONSE || rpc.id != station->call);
	if (rpc.has_error) {
		fprintf(stderr, "bench: %.*s\n", (int)rpc.error.len, (const char *)rpc.error.data);
		exit(1);
	}
	return rpc.params;
}

/* A call with parameters written by hand: u uint, s str, b bin, t true, i int. */
static void call(struct station *station, enum method method, const char *types, ...)
{
	static uint8_t params[2 * MIB];
	struct pack_writer w = pack_writer(params, sizeof params);
	va_list args;

	pack_put_array(&w, strlen(types));
	va_start(args, types);
	for (; *types != '\0'; types++) {
		if (*types == 'u')
			pack_put_uint(&w, va_arg(args, uint64_t));
		else if (*types == 's')
			pack_put_str(&w, va_arg(args, struct bytes));
		else if (*types == 'b')
			pack_put_bytes(&w, va_arg(args, struct bytes));
		else
			pack_put_bool(&w, va_arg(args, int) != 0);
	}
	va_end(args);
	ask(station, method, pack_written(&w));
}

static void introduce(struct station *from, struct station *to)
{
	struct pack_reader r;
	struct bytes offer;
	static char text[64 * KIB];

	call(from, METHOD_OFFER, "s", bytes_of(to->name));
	r = pack_reader(answer(from));
	pack_expect_array(&r, 1);
	offer = pack_read_str(&r, sizeof text);
	memcpy(text, offer.data, offer.len);
	call(to, METHOD_ACCEPT, "st", (struct bytes){(uint8_t *)text, offer.len}, 1);
	answer(to);
}

/* Drafts and approves one message of 1 KiB; gives the draft's number. */
static uint64_t prepare(struct station *from, const char *to)
{
	static struct message message;
	static struct content content;
	static char text[TEXT];
	static uint8_t header[8 * KIB], words[8 * KIB], value[8];
	struct pack_writer h = pack_writer(header, sizeof header), c = pack_writer(words, sizeof words),
			   v = pack_writer(value, sizeof value);
	struct pack_reader r;
	uint64_t draft;

	memset(text, 'x', sizeof text);
	message = (struct message){
	    .kind = KIND_NOTICE, .precedence = PRECEDENCE_PRIORITY, .action_count = 1, .action = {bytes_of(to)}};
	content = (struct content){.subject = bytes_of("bench"),
				   .lang = bytes_of("en"),
				   .text = {(uint8_t *)text, sizeof text},
				   .field_count = 3};
	pack_put_uint(&v, 2);
	content.field[0].code = FIELD_STATUS;
	content.field[0].value = (struct bytes){value, 1};
	content.field[1].code = FIELD_CLASS;
	content.field[1].value = (struct bytes){value, 1};
	content.field[2].code = FIELD_SEVERITY;
	content.field[2].value = (struct bytes){(const uint8_t *)"\x93\x02\xa0\xa0", 4};
	message_encode(&message, &h);
	content_encode(&content, &c);
	call(from, METHOD_DRAFT_NEW, "bb", pack_written(&h), pack_written(&c));
	r = pack_reader(answer(from));
	pack_expect_array(&r, 2);
	draft = pack_read_uint(&r, INT64_MAX);
	call(from, METHOD_APPROVE, "ut", draft, 0);
	answer(from);
	return draft;
}

/* Waits for one event of this name; gives its number. */
static void await(struct station *station, const char *event, char number[NUMBER_TEXT])
{
	struct control_event e;

	for (;;) {
		struct control_rpc rpc = next(station);
		struct pack_reader r = pack_reader(rpc.params);

		if (rpc.type != CONTROL_EVENT)
			continue;
		control_read_event(&r, &e);
		if (pack_read_end(&r) != RESULT_OK || !bytes_equal(e.event, bytes_of(event)) ||
		    !bytes_equal(e.to, bytes_of(station->name)))
			continue;
		snprintf(number, NUMBER_TEXT, "%.*s", (int)e.number.len, (const char *)e.number.data);
		return;
	}
}

/* Resident KiB now, and CPU seconds so far. */
static void usage(const struct station *station, long *out_kib, double *out_cpu)
{
	char path[64], line[512];
	unsigned long user = 0, system = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/status", station->pid);
	file = fopen(path, "r");
	while (file != NULL && fgets(line, sizeof line, file) != NULL)
		sscanf(line, "VmRSS: %ld", out_kib);
	if (file != NULL)
		fclose(file);
	snprintf(path, sizeof path, "/proc/%d/stat", station->pid);
	file = fopen(path, "r");
	if (file == NULL || fgets(line, sizeof line, file) == NULL)
		die(path);
	sscanf(strrchr(line, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
	fclose(file);
	*out_cpu = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void flood(struct station *from, struct station *to, int count, const struct machine *m)
{
	uint64_t *draft = malloc((size_t)count * sizeof *draft);
	char number[NUMBER_TEXT];
	double begin, seconds, cpu[4];
	int released = 0;
	long kib;

	for (int i = 0; i < count; i++)
		draft[i] = prepare(from, to->name);
	usage(from, &kib, &cpu[0]);
	usage(to, &kib, &cpu[1]);
	begin = bench_now_us();
	for (; released < IN_FLIGHT && released < count; released++)
		call(from, METHOD_RELEASE, "uts", draft[released], 0, bytes_of(""));
	for (int done = 0; done < count; done++) {
		await(from, "custody", number);
		if (released < count)
			call(from, METHOD_RELEASE, "uts", draft[released++], 0, bytes_of(""));
	}
	seconds = (bench_now_us() - begin) / 1e6;
	usage(from, &kib, &cpu[2]);
	usage(to, &kib, &cpu[3]);
	printf("%d in flight: %.0f messages/s with custody known, %.2f of the machine's %.0f commits/s\n", IN_FLIGHT,
	       count / seconds, count / seconds * m->commit_us / 1e6, 1e6 / m->commit_us);
	printf("CPU seconds per 1,000 messages: sender %.3f, receiver %.3f\n", (cpu[2] - cpu[0]) * 1000 / count,
	       (cpu[3] - cpu[1]) * 1000 / count);
	free(draft);
}

static void alone(struct station *from, struct station *to, const struct machine *m, bool with_officer)
{
	static double took[ALONE];
	static uint64_t draft[ALONE];
	double floor = 3 * m->commit_us + 2 * (m->seal_us + m->open_us + m->sign_us + m->verify_us), p50;
	char number[NUMBER_TEXT], reference[NUMBER_TEXT + 40];

	for (int i = 0; i < ALONE; i++)
		draft[i] = prepare(from, to->name);
	for (int i = 0; i < ALONE; i++) {
		double begin = bench_now_us();

		call(from, METHOD_RELEASE, "uts", draft[i], 0, bytes_of(""));
		await(from, "custody", number);
		if (with_officer) {
			snprintf(reference, sizeof reference, "%s %s", from->name, number);
			call(to, METHOD_ACK, "sus", bytes_of(reference), (uint64_t)UNDERSTOOD_YES, bytes_of(""));
			answer(to);
			await(from, "acknowledged", number);
		}
		took[i] = bench_now_us() - begin;
	}
	p50 = bench_at(took, ALONE, 0.5);
	printf("one at a time%s: p50 %.2f ms, p99 %.2f ms", with_officer ? ", acknowledged by an officer" : "",
	       p50 / 1e3, bench_at(took, ALONE, 0.99) / 1e3);
	if (!with_officer)
		printf("; p50 is %.2f of (3 commits + 2 seals + 2 opens + 2 signatures + 2 verifications = %.2f ms)",
		       p50 / floor, floor / 1e3);
	printf("\n");
}

static void memory(const struct station *station, const char *when)
{
	double cpu;
	long kib = 0;

	usage(station, &kib, &cpu);
	printf("memory of %s %s: %.1f MiB resident\n", station->name, when, (double)kib / 1024);
}

/* How long a daemon takes from exec to its first answer, with what its log holds by now. */
static void restart(struct station *station, char *hotlined, const struct machine *m)
{
	char path[300];
	const char *serve[] = {hotlined, "-c", path, NULL};
	double begin;

	snprintf(path, sizeof path, "%s/conf", station->directory);
	kill(station->pid, SIGTERM);
	waitpid(station->pid, NULL, 0);
	begin = bench_now_us();
	station->pid = spawn(serve, "/dev/null");
	for (;;) {
		struct sockaddr_un address = {.sun_family = AF_UNIX};

		snprintf(address.sun_path, sizeof address.sun_path, "%.80s/control", station->directory);
		station->control = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(station->control, (struct sockaddr *)&address, sizeof address) == 0)
			break;
		close(station->control);
		usleep(500);
	}
	station->in_len = 0;
	call(station, METHOD_HELLO, "u", (uint64_t)CONTROL_VERSION);
	answer(station);
	begin = bench_now_us() - begin;
	printf("start-up of %s: %.0f ms, the time of %.0f commits\n", station->name, begin / 1e3, begin / m->commit_us);
}

static uint64_t count_entries(const char *path, size_t *out_len)
{
	struct export_record record;
	struct bytes left;
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	uint64_t count = 0;
	size_t len;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
		die(path);
	*out_len = (size_t)ftell(file);
	rewind(file);
	data = malloc(*out_len);
	if (data == NULL || fread(data, 1, *out_len, file) != *out_len)
		die(path);
	fclose(file);
	for (left = (struct bytes){data, *out_len}; left.len > 0 && export_decode(left, &record, &len) == RESULT_OK;
	     left.data += len, left.len -= len)
		count += record.kind == EXPORT_ENTRY;
	free(data);
	return count;
}

/* The whole record by the real client, in proportion to what the machine hashes (50,000 entries a second at 400 MB/s). */
static void export_all(const struct station *station, char *hotline, const struct machine *m)
{
	char control[300], path[300];
	const char *command[] = {hotline, "--socket", control, "log", "export", path, NULL};
	double begin = bench_now_us(), took;
	int status = 0;
	uint64_t entries;
	size_t len;

	snprintf(control, sizeof control, "%s/control", station->directory);
	snprintf(path, sizeof path, "%s/record", root);
	if (waitpid(spawn(command, "/dev/null"), &status, 0) < 0 || status != 0)
		die("hotline log export failed");
	took = bench_now_us() - begin;
	entries = count_entries(path, &len);
	printf("export of %s: %llu entries, %.1f MB, %.0f entries/s; SHA-256 at %.0f MB/s asks for %.0f\n", station->name,
	       (unsigned long long)entries, (double)len / 1e6, (double)entries / took * 1e6, m->hash_mb_s,
	       50000 * m->hash_mb_s / 400);
}

int main(int argc, char **argv)
{
	struct station a = {.name = "tha-cert", .port = 17411}, b = {.name = "vnm-cert", .port = 17412};
	int count = argc > 3 ? atoi(argv[3]) : 5000;
	char number[NUMBER_TEXT], remove[128];
	struct machine m;

	if (argc < 3 || key_init() != 0 || mkdtemp(root) == NULL)
		die("usage: bench HOTLINED HOTLINE [MESSAGES]");
	machine_measure(root, &m);
	printf("machine: commit %.0f us, Ed25519 sign %.0f us, verify %.0f us, X25519 %.0f us, seal %.0f us, open %.0f "
	       "us\n",
	       m.commit_us, m.sign_us, m.verify_us, m.agree_us, m.seal_us, m.open_us);
	start(&a, argv[1], argv[2]);
	start(&b, argv[1], argv[2]);
	dial(&a);
	dial(&b);
	for (struct station *s = &a;; s = &b) {
		call(s, METHOD_HELLO, "u", (uint64_t)CONTROL_VERSION);
		answer(s);
		if (s == &b)
			break;
	}
	introduce(&a, &b);
	introduce(&b, &a);
	call(&a, METHOD_FOLLOW, "");
	answer(&a);
	call(&a, METHOD_RELEASE, "uts", prepare(&a, b.name), 0, bytes_of(""));
	await(&a, "custody", number); /* the link is up */
	memory(&a, "at rest");
	alone(&a, &b, &m, false);
	alone(&a, &b, &m, true);
	flood(&a, &b, count, &m);
	memory(&a, "after all of it");
	memory(&b, "after all of it");
	restart(&b, argv[1], &m);
	export_all(&b, argv[2], &m);
	memory(&b, "after its export");
	kill(a.pid, SIGTERM);
	kill(b.pid, SIGTERM);
	waitpid(a.pid, NULL, 0);
	waitpid(b.pid, NULL, 0);
	snprintf(remove, sizeof remove, "rm -rf %s", root);
	return system(remove) == 0 ? 0 : 1;
}
