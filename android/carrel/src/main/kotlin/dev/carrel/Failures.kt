// Failures as one sealed class: whatever happens below, a caller meets a CarrelException.

package dev.carrel


/** What happened, in one sentence for people and logs. */
public val CarrelException.sentence: String
    get() = when (this) {
        is CarrelException.Missing -> "$what is missing: $reason"
        is CarrelException.Unusable -> "$what cannot be used: $reason"
        is CarrelException.OutOfMemory -> "out of memory: $reason"
        is CarrelException.ContextFull ->
            "$neededTokens tokens do not fit into a context of $allowedTokens"
        is CarrelException.Busy -> "busy: $reason"
        is CarrelException.Invalid -> "$what is not valid: $reason"
        is CarrelException.Storage -> "$what: $reason"
        is CarrelException.CrashedBefore -> "$model was not loaded: $reason"
        is CarrelException.Internal -> "internal error: $reason"
    }

/** Runs a call into the library. A panic in it becomes an [CarrelException.Internal]. */
internal inline fun <T> typed(call: () -> T): T =
    try {
        call()
    } catch (panic: InternalException) {
        throw CarrelException.Internal(panic.message ?: "a panic without a message")
    }
