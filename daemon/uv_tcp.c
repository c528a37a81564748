/* What the kernel knows of a TCP connection. */
#include "daemon/uv_tcp.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

#define SECOND_US 1000000
#define ROUND_TRIP_MIN_US 50000 /* an acknowledgement may wait so long for company, although the line is short */

size_t tcp_carries(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof info;
	uint64_t round_trip_us;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
		return SIZE_MAX;
	round_trip_us = info.tcpi_min_rtt > ROUND_TRIP_MIN_US ? info.tcpi_min_rtt : ROUND_TRIP_MIN_US;
	return (size_t)(info.tcpi_delivery_rate * round_trip_us / SECOND_US);
}
