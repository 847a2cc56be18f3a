// The release of the system, which tests choose.

package android.os

class Build {
    object VERSION {
        @JvmField
        var SDK_INT: Int = 36
    }
}
