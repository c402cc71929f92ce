extension Result {
    /// What an asynchronous step gives or throws.
    package static func of(_ body: () async throws(Failure) -> Success) async -> Self {
        do throws(Failure) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
