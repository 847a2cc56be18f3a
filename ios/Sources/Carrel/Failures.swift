// Failures as one type: whatever happens below, a caller meets a CarrelError.

import Foundation

extension CarrelError: LocalizedError {
    /// What happened, in one sentence for people and logs.
    public var sentence: String {
        switch self {
        case .Missing(let what, let reason): "\(what) is missing: \(reason)"
        case .Unusable(let what, let reason): "\(what) cannot be used: \(reason)"
        case .OutOfMemory(_, _, let reason): "out of memory: \(reason)"
        case .ContextFull(let needed, let allowed):
            "\(needed) tokens do not fit into a context of \(allowed)"
        case .Busy(let reason): "busy: \(reason)"
        case .Invalid(let what, let reason): "\(what) is not valid: \(reason)"
        case .Storage(let what, let reason): "\(what): \(reason)"
        case .CrashedBefore(let model, let reason): "\(model) was not loaded: \(reason)"
        case .Internal(let reason): "internal error: \(reason)"
        }
    }

    /// What `localizedDescription` says: the sentence.
    public var errorDescription: String? { sentence }
}

/// Runs a call into the library. A panic in it becomes a ``CarrelError/Internal(reason:)``.
func typed<T>(_ call: () throws -> T) throws -> T {
    do {
        return try call()
    } catch let error as CarrelError {
        throw error
    } catch {
        throw CarrelError.Internal(reason: error.localizedDescription)
    }
}
