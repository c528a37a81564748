/* The statistics of a record as JSON: log report --json. */
#ifndef HOTLINE_CLIENT_JSON_REPORT_H
#define HOTLINE_CLIENT_JSON_REPORT_H

#include "client/page.h"

/* Prints one document on stdout. */
void json_report(const struct page *page);

#endif
