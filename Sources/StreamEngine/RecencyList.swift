/// Numbers in the order they were last touched, each at most once: every operation takes constant time.
///
/// A doubly linked list in two arrays, indexed by the numbers, which should be small and dense.
struct RecencyList {
    private static let none: Int32 = -1

    /// The number touched longer ago, and the one touched more lately.
    private var older: [Int32] = []
    private var newer: [Int32] = []
    private(set) var oldest: Int32 = RecencyList.none
    private var newest: Int32 = RecencyList.none

    /// The number that was touched longest ago.
    var oldestNumber: Int? { self.oldest == RecencyList.none ? nil : Int(self.oldest) }

    /// Puts a number that is not in the list at its newest end.
    mutating func insert(_ number: Int) {
        while self.older.count <= number {
            self.older.append(RecencyList.none)
            self.newer.append(RecencyList.none)
        }
        let number = Int32(number)
        self.older[Int(number)] = self.newest
        self.newer[Int(number)] = RecencyList.none
        if self.newest == RecencyList.none { self.oldest = number } else { self.newer[Int(self.newest)] = number }
        self.newest = number
    }

    /// Takes a number out that is in the list.
    mutating func remove(_ number: Int) {
        let older = self.older[number]
        let newer = self.newer[number]
        if older == RecencyList.none { self.oldest = newer } else { self.newer[Int(older)] = newer }
        if newer == RecencyList.none { self.newest = older } else { self.older[Int(newer)] = older }
    }

    /// Moves a number that is in the list to its newest end.
    mutating func touch(_ number: Int) {
        guard self.newest != Int32(number) else { return }
        self.remove(number)
        self.insert(number)
    }

    /// The numbers, oldest first.
    var numbers: [Int] {
        var numbers: [Int] = []
        var current = self.oldest
        while current != RecencyList.none {
            numbers.append(Int(current))
            current = self.newer[Int(current)]
        }
        return numbers
    }
}
