package dev.culvert.client.cli;

import dev.culvert.mux.control.RulesDraft;
import dev.culvert.mux.control.VisitorRules;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say which addresses visitors may come from. */
final class AddressOptions {
  @Option(
      names = {"--cidr-allow", "--allow-cidr"},
      split = ",",
      paramLabel = "CIDR",
      description = "Let in visitors from these addresses only, such as 192.0.2.0/24; repeatable.")
  private List<String> allow = new ArrayList<>();

  @Option(
      names = {"--cidr-deny", "--deny-cidr"},
      split = ",",
      paramLabel = "CIDR",
      description = "Let in no visitors from these addresses, even of those; repeatable.")
  private List<String> deny = new ArrayList<>();

  /** {@link IllegalArgumentException} that says what is no address block. */
  void addTo(RulesDraft draft, RuleSettings settings) throws UsageException {
    addTo(draft.cidrAllow, settings.all(allow, "cidr-allow"));
    addTo(draft.cidrDeny, settings.all(deny, "cidr-deny"));
  }

  private static void addTo(List<String> blocks, List<String> texts) {
    for (String text : texts) {
      for (String block : text.split(",", -1)) {
        blocks.add(VisitorRules.checkedBlock(block.strip()));
      }
    }
  }

  /** The rules of these options alone. */
  VisitorRules rules(RuleSettings settings) throws UsageException {
    RulesDraft draft = new RulesDraft();
    try {
      addTo(draft, settings);
      return draft.finished();
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()), "Run the command with --help for what is expected.");
    }
  }
}
