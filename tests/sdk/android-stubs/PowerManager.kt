// What Android 10 added to PowerManager, for a compiler that has the classes of Android 6.

package android.os

class PowerManager {
    fun interface OnThermalStatusChangedListener {
        fun onThermalStatusChanged(status: Int)
    }

    fun addThermalStatusListener(listener: OnThermalStatusChangedListener): Unit =
        throw UnsupportedOperationException("$listener")

    fun removeThermalStatusListener(listener: OnThermalStatusChangedListener): Unit =
        throw UnsupportedOperationException("$listener")
}
