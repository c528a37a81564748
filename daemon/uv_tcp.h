/* What the kernel knows of a TCP connection; apart, because its header and the C library's do not go together. */
#ifndef HOTLINE_DAEMON_UV_TCP_H
#define HOTLINE_DAEMON_UV_TCP_H

#include <stdbool.h>
#include <stdint.h>

struct tcp_view {
	uint64_t acked;			/* bytes, since the beginning */
	uint32_t rtt_us, least_rtt_us; /* smoothed; the shortest there was */
};

/* False when nobody knows. */
bool tcp_look(int fd, struct tcp_view *out);

#endif
