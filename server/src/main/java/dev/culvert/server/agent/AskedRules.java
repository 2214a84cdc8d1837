package dev.culvert.server.agent;

import dev.culvert.mux.control.ClientMessage.OpenTunnel;
import dev.culvert.mux.control.RuleKind;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.mux.control.VisitorRules;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.RouteRefusedException;
import dev.culvert.server.rules.Gate;
import dev.culvert.server.rules.RuleBook;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** The rules that a client asks for, held against what there is and what its token allows. */
final class AskedRules {
  /** What can be done about a connection of which nothing is known but its addresses. */
  private static final Set<RuleKind> FOR_TCP = Set.of(RuleKind.CIDR);

  private AskedRules() {}

  static Gate gate(OpenTunnel message, Permissions permissions, RuleBook book)
      throws RouteRefusedException {
    VisitorRules rules = message.rules();
    if (rules == null) {
      return Gate.OPEN;
    }
    if (message.kind() == TunnelKind.TCP) {
      requireAll(
          FOR_TCP, rules.kinds(), TunnelRefusalCode.INVALID, "a TCP tunnel can have no rules for ");
    }
    requireAll(
        permissions.rules(),
        rules.kinds(),
        TunnelRefusalCode.FORBIDDEN,
        "the token does not allow rules for ");
    try {
      return book.gate(rules);
    } catch (IllegalArgumentException e) {
      throw new RouteRefusedException(TunnelRefusalCode.INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static void requireAll(
      Set<RuleKind> possible, Set<RuleKind> asked, TunnelRefusalCode code, String reason)
      throws RouteRefusedException {
    if (!possible.containsAll(asked)) {
      Set<RuleKind> others = EnumSet.copyOf(asked);
      others.removeAll(possible);
      throw new RouteRefusedException(
          code,
          reason + list(others) + (possible.isEmpty() ? "" : "; possible are " + list(possible)));
    }
  }

  private static String list(Collection<RuleKind> kinds) {
    return kinds.stream().sorted().map(RuleKind::text).collect(Collectors.joining(", "));
  }
}
