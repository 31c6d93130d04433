// Package http1 reads and writes HTTP/1.1 on bytes: request heads, response heads and chunked bodies, by RFC 9112 and
// RFC 9110, strictly. It does no I/O and knows nobody who feeds it.
//
// A parser is called again with more bytes behind the same ones and goes on where it stopped, so its work is linear in
// the bytes however they arrive, and its answer is the same for every split. It allocates nothing once its Fields slice
// has grown. A refusal is a Fault value: what, at which byte, on which line, in which field. The first wrong byte
// decides, and is reported as soon as it has been seen, with the few bytes behind it that tell which fault it is: the rest
// of a letter or of a word, or the byte behind a line that is judged as a whole.
//
// What this package does not accept, though many readers do: lines that end in a bare LF, a bare CR anywhere, folded
// lines, spaces around a field name, a Content-Length that is anything but digits or comes twice, Transfer-Encoding
// other than one `chunked`, the two together, Transfer-Encoding in HTTP/1.0, a Connection field that names an
// end-to-end field. Two readers may disagree about such a message where it ends or to whom it goes.
package http1
