import ArgumentParser

/// `weir completion SHELL`: what makes a shell complete commands and options.
struct CompletionCommand: ParsableCommand {
    /// Shells that there is a script for.
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash
        case zsh
        case fish

        /// The shell as the generator knows it.
        var generator: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a script that makes your shell complete weir's commands and options.",
        discussion: """
            bash, for this shell, and for every new one (needs the package bash-completion):
              source <(weir completion bash)
              mkdir -p ~/.local/share/bash-completion/completions
              weir completion bash > ~/.local/share/bash-completion/completions/weir

            zsh, with `fpath=(~/.zsh/completions $fpath); autoload -U compinit; compinit` in ~/.zshrc:
              mkdir -p ~/.zsh/completions
              weir completion zsh > ~/.zsh/completions/_weir

            fish:
              weir completion fish > ~/.config/fish/completions/weir.fish
            """
    )

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() throws {
        try Console.current.print(Weir.completionScript(for: self.shell.generator))
    }
}
