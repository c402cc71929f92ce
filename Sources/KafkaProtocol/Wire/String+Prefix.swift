extension String {
    /// The beginning of at most `bytesMax` bytes of UTF-8, cut between two scalars. Costs nothing per byte that is cut off.
    func prefix(utf8BytesMax bytesMax: Int) -> Substring {
        guard self.utf8.count > bytesMax else { return self[...] }
        var end = self.utf8.index(self.startIndex, offsetBy: bytesMax)
        while end > self.startIndex, end.samePosition(in: self.unicodeScalars) == nil {
            end = self.utf8.index(before: end)
        }
        return self[..<end]
    }
}
