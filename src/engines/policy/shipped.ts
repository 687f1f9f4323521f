// The policy texts that ship: rules that always hold, and the default policy beside them.

/** One text of policies. `name` is what problems and unnamed policies are called by: a file name, as a rule. */
export interface PolicySource {
  readonly name: string
  readonly text: string
}

/** Policies whose ids begin so are ours alone, so that no source can pass for them in a decision or a log. */
export const reservedIds = /^(never|grant)\b/i

/** Part of every set of policies. A forbid wins over every permit, so no source can take these away. */
export const alwaysRules: PolicySource = {
  name: 'keyreeve',
  text: `
@id("grant")
permit (principal, action in [Action::"read", Action::"list"], resource)
when { context.consent >= 0 && (resource in context.grantedFiles || resource in context.grantedFolders) };

@id("grant-standing")
permit (principal, action in [Action::"read", Action::"list"], resource)
when { context.consent >= 0 && resource in context.standingFolders && resource.classes.isEmpty() };

@id("never:ssh")
@message("SSH keys and settings are never given to assistants")
forbid (principal, action in Action::"files", resource)
when { resource.classes.contains("ssh") };

@id("never:gnupg")
@message("the GnuPG home is never given to assistants")
forbid (principal, action in Action::"files", resource)
when { resource.classes.contains("gnupg") };

@id("never:keychain")
@message("keychains are never given to assistants")
forbid (principal, action in Action::"files", resource)
when { resource.classes.contains("keychain") };

@id("never:browser-profile")
@message("browser profiles are never given to assistants")
forbid (principal, action in Action::"files", resource)
when { resource.classes.contains("browser-profile") };

@id("never:password-store")
@message("password stores are never given to assistants")
forbid (principal, action in Action::"files", resource)
when { resource.classes.contains("password-store") };

@id("never:keyreeve-state")
@message("the state of Keyreeve itself is never given to assistants")
forbid (principal, action in Action::"files", resource)
when { resource.classes.contains("keyreeve-state") };
`,
}

/** What holds where nobody wrote another policy: all is asked, and what is sensitive is asked with a passkey, each time. */
export const defaultPolicy: PolicySource = {
  name: 'default.cedar',
  text: `// Keyreeve's default policy.
//
// A permit says which evidence of consent is enough: context.consent is 0 for none, 1 for a click, 2 for a passkey,
// 3 for two persons. The lowest level at which the policies allow is what the person is asked for.
// A forbid wins over every permit and every grant.

// Whatever is not ruled otherwise is asked. Files such as .env are asked too: what leaves is redacted.
@id("ask")
permit (principal is Assistant, action in Action::"files", resource)
when { context.consent >= 1 };

// Requests by a route go with a phantom token, which a person gives an assistant for a while.
@id("call")
permit (principal is Assistant, action == Action::"call", resource)
when { context.consent >= 1 };

// These are asked with a passkey, each time anew, also within a granted folder.
@id("sensitive")
forbid (principal, action in Action::"files", resource)
when
{
  resource.classes.containsAny(
    [
      "assistant-credentials",
      "assistant-transcript",
      "cloud-credentials",
      "database-credentials",
      "kube",
      "package-credentials",
      "private-key",
      "shell-history"
    ]
  )
}
unless { context.consent >= 2 };
`,
}
