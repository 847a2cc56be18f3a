// Reading of long documents that goes on while the app is in the background.

#if canImport(BackgroundTasks) && !os(macOS)
import BackgroundTasks

/// Reads what waits in a ``ReadQueue`` when the system gives the app time in the background. The system
/// may end that time at any moment; what was read is kept, and the next task goes on there.
public enum ReadTask {
    /// Tells the system what to run. Call it before the app has finished launching, once for each
    /// identifier, which has to stand in Info.plist under `BGTaskSchedulerPermittedIdentifiers`; there
    /// `UIBackgroundModes` needs `processing`. Answers `false` if it does not.
    @discardableResult
    public static func register(
        _ identifier: String,
        queue: @escaping @Sendable () async throws -> ReadQueue
    ) -> Bool {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: nil) { task in
            let running = Running(task)
            let reading = Task {
                let isDone = await read(queue)
                if !isDone { try? schedule(identifier) }
                running.task.setTaskCompleted(success: isDone)
            }
            task.expirationHandler = { reading.cancel() }
        }
    }

    /// Asks the system for time to read, when the device has nothing better to do. Call it whenever
    /// something was added to the queue.
    ///
    /// - Throws: `BGTaskScheduler.Error`, in the simulator for example, where there is no such time.
    public static func schedule(_ identifier: String) throws {
        let request = BGProcessingTaskRequest(identifier: identifier)
        request.requiresNetworkConnectivity = false
        request.requiresExternalPower = false
        try BGTaskScheduler.shared.submit(request)
    }

    /// Whether nothing waits any more.
    private static func read(_ queue: @Sendable () async throws -> ReadQueue) async -> Bool {
        do {
            let queue = try await queue()
            try await queue.run()
            return try await queue.waiting().isEmpty
        } catch {
            return false
        }
    }
}

/// A task that is only told its end, which any thread may do.
private struct Running: @unchecked Sendable {
    let task: BGTask

    init(_ task: BGTask) {
        self.task = task
    }
}
#endif
