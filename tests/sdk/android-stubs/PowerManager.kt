// What Android 10 added to PowerManager, for a compiler that has the classes of Android 6. Tests say what
// the system would say.

package android.os

class PowerManager {
    val listeners = mutableListOf<OnThermalStatusChangedListener>()

    fun interface OnThermalStatusChangedListener {
        fun onThermalStatusChanged(status: Int)
    }

    fun addThermalStatusListener(listener: OnThermalStatusChangedListener) {
        listeners += listener
    }

    fun removeThermalStatusListener(listener: OnThermalStatusChangedListener) {
        listeners -= listener
    }
}
