// A call that panics, met the way the library's own calls are: through `typed`.

package dev.carrel


/** UniFFI gives every library an exception of its own for panics; apps meet only the library's. */
fun panicInACall() {
    try {
        dev.carrel.undertest.panicInACall()
    } catch (panic: dev.carrel.undertest.InternalException) {
        throw InternalException(panic.message ?: "")
    }
}
