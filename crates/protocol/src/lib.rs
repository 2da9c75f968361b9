//! What both sides say on the wire, as pure types: no I/O, no SQL, no clock
