/*
 * The daemon's loop: libuv's callbacks become events, one commit a turn, then the effects leave (rule 1). The parts
 * with sockets stand beside: uv_net (peers), uv_control (clients), uv_alert (the alert command).
 */
#ifndef HOTLINE_DAEMON_UV_LOOP_H
#define HOTLINE_DAEMON_UV_LOOP_H

#include <uv.h>

#include "daemon/station.h"

struct net;
struct control;
struct alert;

struct loop {
	uv_loop_t uv;
	struct station *station;
	const struct config *config;
	const uint8_t *store_key; /* the pairs' key files are encrypted under it */
	struct effects effects; /* of the turn at hand */
	struct effects leaving; /* of the turn that was committed */
	struct net *net;
	struct control *control;
	struct alert *alert;
	uv_timer_t timer;
	uv_prepare_t prepare;
	uv_check_t check;
	uv_signal_t terminate, interrupt;
	bool is_dirty; /* something was stepped since the last settle */
	bool is_stopping;
	int result; /* what the process ends with */
};

int loop_init(struct loop *loop, const struct config *config);
/* Runs until a signal or a failure ends it; gives the exit code. */
int loop_run(struct loop *loop, struct station *station);
/* Hands one event to the station in this turn. */
void loop_step(struct loop *loop, const struct event *event);
void loop_now(struct now *out);

/* uv_net.c, uv_dial.c */
int net_create(struct loop *loop, struct net **out);
/* Listens on host:port. Negative with a journal line. */
int net_listen(struct net *net, const char *endpoint);
void net_dial(struct net *net, uint32_t conn, struct bytes endpoint);
/* How large the cells are that are written from now on. */
void net_cell(struct net *net, uint32_t conn, size_t cell);
void net_write(struct net *net, uint32_t conn, struct bytes data);
void net_close(struct net *net, uint32_t conn);
/* Tells the station of room on every connection that wrote in this turn; true if it told any. */
bool net_offer_room(struct net *net);
void net_destroy(struct net *net);

/* uv_control.c */
int control_create(struct loop *loop, const char *path, struct control **out);
void control_reply(struct control *control, uint32_t client, struct bytes data);
void control_hangup(struct control *control, uint32_t client);
void control_destroy(struct control *control);

/* uv_file.c */
/* A name NUL a text: into folder, made if it is not there, as name.txt. Failing is told in the journal. */
void file_write(const char *folder, const char *what, struct bytes data);

/* uv_alert.c */
int alert_create(struct loop *loop, const char *command, struct alert **out);
/* event NUL number NUL precedence NUL from NUL */
void alert_run(struct alert *alert, struct bytes arguments);
void alert_destroy(struct alert *alert);

#endif
