# Each line of the schema becomes a C string literal.
s/["\\]/\\&/g
s/.*/"&\\n"/
