/// What one query may hold. What goes beyond becomes a dead letter with the reason; nothing grows without end.
package struct QueryLimits: Equatable, Sendable {
    /// Groups and series of `PARTITION BY`, of one step; 1,000,000.
    package var groupsMax = 1_000_000
    /// Timelines of `TIMESTAMP BY … OVER`; 1,000,000.
    package var timelinesMax = 1_000_000
    /// Values that `PERCENTILE_…`, `COLLECT` or `COUNT(DISTINCT)` keep for one group and window; 10,000.
    package var valuesPerGroupMax = 10_000
    /// Rows that wait for their order, or for a partner in a join, of one step; 1,000,000.
    package var bufferedRowsMax = 1_000_000
    /// Bytes that a step's windows, series and buffers take, about; 1 GiB.
    package var stateBytesMax = 1 << 30
    /// Panes of closed windows that a group keeps for corrections by backlog; 8.
    package var keptPanesPerGroupMax = 8
    /// Panes in all beyond which none of closed windows is kept; 1,000,000.
    package var keptPanesMax = 1_000_000

    package init() {}
}
