/* What the kernel knows of a TCP connection. */
#include "daemon/uv_tcp.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

bool tcp_look(int fd, struct tcp_view *out)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof info;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
		return false;
	*out = (struct tcp_view){
	    .acked = info.tcpi_bytes_acked, .rtt_us = info.tcpi_rtt, .least_rtt_us = info.tcpi_min_rtt};
	return true;
}
