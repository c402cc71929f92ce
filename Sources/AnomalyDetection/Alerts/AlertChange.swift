/// Something happened to an alert: what, and the alert after it.
package struct AlertChange: Equatable, Sendable {
    package var action: AlertAction
    package var alert: Alert

    package init(action: AlertAction, alert: Alert) {
        self.action = action
        self.alert = alert
    }
}
