import EdgeCore

/// Whether the time is known without asking anybody.
enum ClockCheck {
    static func finding(_ configuration: AgentConfiguration, look: BootClock.Look) -> CheckFinding {
        guard look.wall >= AgentVersion.released else {
            return .warning(
                "clock",
                "stands at \(look.wall), before this agent was made; it waits for NTP or the gateway"
            )
        }
        if look.isSynchronised { return .pass("clock", "synchronised, \(look.wall)") }
        if configuration.clock.trustsSystem { return .pass("clock", "\(look.wall), trusted (clock.trustSystem)") }
        guard configuration.tls.enabled else { return .pass("clock", "\(look.wall), the gateway's own machine's") }
        return .warning(
            "clock",
            "\(look.wall), but the kernel is not synchronised: the agent asks the gateway (port \(configuration.clock.gatewayPort))"
        )
    }
}
