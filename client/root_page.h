/* The printable page of a state's root: who it is, and the fingerprint that others compare, also as a QR code. */
#ifndef HOTLINE_CLIENT_ROOT_PAGE_H
#define HOTLINE_CLIENT_ROOT_PAGE_H

#include "proto/card.h"

/* Of card: state, root, offices and fallbacks. Both give text that the caller frees. */
char *root_page_text(const struct card *card, int64_t at_us, size_t *out_len);
/* An SVG of one A4 page with the same lines; the QR code holds the 40 digits without blanks. */
char *root_page_svg(const struct card *card, int64_t at_us, size_t *out_len);

#endif
