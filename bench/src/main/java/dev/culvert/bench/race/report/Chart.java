package dev.culvert.bench.race.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Horizontal bars as SVG on a white ground, in panels one below the other: the median as the bar,
 * from the least to the greatest as a whisker, each panel with a scale of its own from 0 on.
 */
final class Chart {
  /**
   * One bar.
   *
   * @param text what stands behind it
   * @param remark what stands behind that, in a column of its own
   */
  record Bar(String label, Spread value, String text, String remark) {}

  /**
   * Bars of one scale.
   *
   * @param bars not none
   */
  record Panel(String heading, String remarkHeading, List<Bar> bars) {
    Panel {
      bars = List.copyOf(bars);
    }

    private double greatest() {
      return bars.stream().mapToDouble(bar -> bar.value().max()).max().orElse(1);
    }
  }

  private static final int WIDTH = 900;
  private static final int LABEL_END = 130;
  private static final int BAR_START = 140;
  private static final int BAR_WIDTH = 400;
  private static final int TEXT_START = BAR_START + BAR_WIDTH + 14;
  private static final int REMARK_START = 735;
  private static final int ROW = 24;
  private static final int BAR_HEIGHT = 14;
  private static final int TITLE = 56;
  private static final int HEADING = 30;
  private static final int AXIS = 34;

  private static final String OURS = "#1f5fa8";
  private static final String OTHERS = "#a9b4c0";
  private static final String INK = "#1c2126";
  private static final String FAINT = "#dde2e7";

  private final String title;
  private final String subtitle;
  private final List<Panel> panels;

  Chart(String title, String subtitle, List<Panel> panels) {
    this.title = title;
    this.subtitle = subtitle;
    this.panels = List.copyOf(panels);
  }

  String svg() {
    int height = TITLE + 8;
    for (Panel panel : panels) {
      height += panelHeight(panel);
    }
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%1$s" height="%2$s" viewBox="0 0 %1$s %2$s" \
        font-family="Helvetica, Arial, sans-serif" font-size="13" fill="%3$s">
        <rect width="%1$s" height="%2$s" fill="#ffffff"/>
        """
            .formatted(WIDTH, height, INK));
    svg.append(text(16, 24, "font-size=\"16\" font-weight=\"bold\"", title));
    svg.append(text(16, 43, "fill=\"#59636e\"", subtitle));
    int top = TITLE;
    for (Panel panel : panels) {
      draw(svg, panel, top);
      top += panelHeight(panel);
    }
    return svg.append("</svg>\n").toString();
  }

  private static int panelHeight(Panel panel) {
    return HEADING + ROW * panel.bars().size() + AXIS;
  }

  private static void draw(StringBuilder svg, Panel panel, int top) {
    svg.append(text(BAR_START, top + 20, "font-weight=\"bold\"", panel.heading()));
    svg.append(text(REMARK_START, top + 20, "fill=\"#59636e\"", panel.remarkHeading()));
    int first = top + HEADING;
    int end = first + ROW * panel.bars().size();
    double scale = BAR_WIDTH / panel.greatest();
    for (double tick : ticks(panel.greatest())) {
      double x = BAR_START + tick * scale;
      svg.append(line(x, first, x, end, FAINT));
      svg.append(
          text(
              x,
              end + 15,
              "text-anchor=\"middle\" font-size=\"11\" fill=\"#59636e\"",
              plain(tick)));
    }
    int middle = first + ROW / 2;
    for (Bar bar : panel.bars()) {
      draw(svg, bar, middle, scale);
      middle += ROW;
    }
    svg.append(line(BAR_START, first, BAR_START, end, INK));
  }

  private static void draw(StringBuilder svg, Bar bar, int middle, double scale) {
    boolean ours = Ours.includes(bar.label());
    svg.append(
        text(
            LABEL_END,
            middle + 4,
            "text-anchor=\"end\"" + (ours ? " font-weight=\"bold\"" : ""),
            bar.label()));
    svg.append(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>\n"
            .formatted(
                BAR_START,
                middle - BAR_HEIGHT / 2,
                pixels(bar.value().median() * scale),
                BAR_HEIGHT,
                ours ? OURS : OTHERS));
    double low = BAR_START + bar.value().min() * scale;
    double high = BAR_START + bar.value().max() * scale;
    svg.append(line(low, middle, high, middle, INK));
    svg.append(line(low, middle - 4, low, middle + 4, INK));
    svg.append(line(high, middle - 4, high, middle + 4, INK));
    svg.append(text(TEXT_START, middle + 4, "", bar.text()));
    svg.append(text(REMARK_START, middle + 4, "", bar.remark()));
  }

  /** From 0 on, four to ten, at distances of 1, 2 or 5 times a power of ten. */
  static List<Double> ticks(double greatest) {
    double power = Math.pow(10, Math.floor(Math.log10(greatest / 4)));
    double distance = power;
    for (int factor : new int[] {2, 5}) {
      if (greatest / (factor * power) >= 4) {
        distance = factor * power;
      }
    }
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; i * distance <= greatest; i++) {
      ticks.add(i * distance);
    }
    return ticks;
  }

  private static String plain(double value) {
    String text = String.format(Locale.ROOT, "%.6f", value);
    return text.replaceAll("0+$", "").replaceAll("\\.$", "");
  }

  private static String line(double fromX, double fromY, double toX, double toY, String colour) {
    return "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" stroke=\"%s\"/>\n"
        .formatted(pixels(fromX), pixels(fromY), pixels(toX), pixels(toY), colour);
  }

  private static String text(double x, double y, String attributes, String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    return "<text x=\"%s\" y=\"%s\" %s>%s</text>\n"
        .formatted(pixels(x), pixels(y), attributes, escaped);
  }

  /** In tenths of a pixel; a decimal point wherever this runs. */
  private static String pixels(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
