extension Array {
    /// Each element once, in order: a request may name the same thing a hundred thousand times, and its answer must not.
    func distinct<Key: Hashable>(by key: (Element) -> Key) -> [Element] {
        var seen: Set<Key> = []
        return self.filter { seen.insert(key($0)).inserted }
    }
}
