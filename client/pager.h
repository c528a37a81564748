/* Pages of text go through $PAGER when they go to a terminal. */
#ifndef HOTLINE_CLIENT_PAGER_H
#define HOTLINE_CLIENT_PAGER_H

/* From now on stdout is the pager's, if there is one and stdout is a terminal. Its width stays known to say_width(). */
void pager_begin(void);
/* Waits until the reader is done with it. stdout is closed then; without a pager nothing happens. */
void pager_end(void);

#endif
