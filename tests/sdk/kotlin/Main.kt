// All checks. Properties: carrel.folder (an empty folder), carrel.repository.

package dev.carrel.test

import java.io.File

object Main {
    @JvmStatic
    fun main(arguments: Array<String>) {
        check(arguments.isEmpty()) { "no arguments" }
        val folder = File(System.getProperty("carrel.folder"))
        val checks = Checks(folder, File(System.getProperty("carrel.repository")))
        checks.engines()
        checks.sessions()
        checks.streams()
        checks.libraries()
        checks.android()
        checks.failures()
        checks.exit()
    }
}
