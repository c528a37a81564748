/* What uv_net.c and uv_dial.c share: the sockets of links, and how they come to be. */
#ifndef HOTLINE_DAEMON_UV_NET_H
#define HOTLINE_DAEMON_UV_NET_H

#include "daemon/uv_loop.h"

#define NET_OUT_BYTES (CELLS_IN_FLIGHT * CELL_MAX_BYTES + RECORD_BYTES + CELL_MAX_BYTES)

struct socket {
	struct socket *next;
	struct net *net;
	uint32_t id;
	int fd; /* -1 while the name is looked up */
	uv_poll_t poll;
	uv_getaddrinfo_t lookup;
	bool has_poll, is_connecting, is_looking, is_closing, wrote;
	size_t window; /* bytes that may be on the way, and how many had arrived when it was last judged */
	uint64_t acked;
	bool is_limited; /* by that, since then */
	bool waits; /* for acknowledgements, of which nobody tells */
	size_t cell; /* bytes */
	uint8_t out[NET_OUT_BYTES];
	size_t out_len;
};

struct listener {
	uv_poll_t poll;
	struct net *net;
	int fd;
};

struct net {
	struct loop *loop;
	struct socket *sockets;
	struct listener listener[CONFIG_LISTEN];
	size_t listener_count;
	uint32_t next_id; /* even */
	uv_timer_t timer; /* while a socket waits */
};

/* uv_net.c. fd is -1 when it is not there yet. */
struct socket *socket_add(struct net *net, uint32_t id, int fd);
/* Small buffers, no delay: what we hand over leaves, and what can't leave stays with us. */
void socket_tune(const struct socket *socket);
/* False: libuv can't; the socket is to be shut. */
bool socket_begin(struct socket *socket);
/* Readable always; writable only while something waits for the kernel. */
void socket_watch(struct socket *socket, bool wants_write);
void socket_watch_connect(struct socket *socket);
/* Cells that the station may hand over. */
void socket_tell_room(struct socket *socket, size_t room);
/* Frees it as soon as no callback of libuv can name it any more. */
void socket_release(struct socket *socket);
void socket_shut(struct socket *socket);
/* Shuts it and tells the station. */
void socket_lost(struct socket *socket);

#endif
