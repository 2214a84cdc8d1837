package dev.culvert.server.rules;

/** What becomes of a request. */
public sealed interface Verdict {
  /** It passes; whoever has heard so releases the admission when the request is over. */
  record Passed(Admission admission) implements Verdict {}

  /** It is answered in the local service's place. */
  record Refused(RuleRefusal refusal) implements Verdict {}
}
