package dev.culvert.server.rules;

import java.util.List;

/** One of each kind. */
public final class RuleRefusals {
  private static final long SECOND = 1_000_000_000;

  private RuleRefusals() {}

  public static List<RuleRefusal> all() {
    return List.of(
        RuleRefusal.address(),
        RuleRefusal.filtered(403),
        RuleRefusal.filtered(451),
        RuleRefusal.ambiguous("path"),
        RuleRefusal.ambiguous("query"),
        RuleRefusal.bodyTooLarge(10),
        RuleRefusal.redirect("https://shop.example.com/"),
        RuleRefusal.unauthorized("shop.example.com"),
        RuleRefusal.rateLimited("visitor", SECOND),
        RuleRefusal.rateLimited("tunnel", SECOND),
        RuleRefusal.tooManyFailures(SECOND),
        RuleRefusal.tooManyAtATime(),
        RuleRefusal.busy());
  }
}
