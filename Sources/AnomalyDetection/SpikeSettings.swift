/// How easily a ``SpikeDetector`` raises an alert; one setting serves every device and channel.
package struct SpikeSettings: Equatable, Sendable {
    /// Values learned from before the first alert is possible; 2 to 64.
    package var warmUpCount = 16
    /// Half the width of the expected band in learned deviations.
    package var bandFactor = 6.0
    /// Values in a row inside the band that end an alert.
    package var clearCount = 8
    /// Values outside the band after which an open alert's level is taken as the new normal.
    package var relearnCount = 240
    /// An open alert is reported again when its deviation has grown by this factor.
    package var worseFactor = 1.414
    /// What one alert adds to the band's width, as a share of it, against series that alert all day.
    package var reluctance = 0.5
    /// Widest the band may become through alerts.
    package var reluctanceMax = 4.0
    /// Values after which half of the added width is gone.
    package var reluctanceHalfLife = 2_000

    package init() {}
}
