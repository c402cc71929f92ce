extension Array {
    /// Removes the elements at these places, which rise, in one pass.
    ///
    /// - Parameter places: rising and each below `count`.
    package mutating func remove(atRising places: [Int]) {
        guard let first = places.first else { return }
        var next = 0
        var kept = first
        for place in first..<self.count {
            if next < places.count, places[next] == place {
                next += 1
            } else {
                if kept != place { self.swapAt(kept, place) }
                kept += 1
            }
        }
        self.removeLast(self.count - kept)
    }
}
