//! Charts, drawn by the server as SVG, with the table behind them. Shapes stretch with the page; the
//! words around them are text, so that they stay as large as the reader wants them.

use askama::Template;

use crate::Markup;
use crate::words::number;

/// How a series looks. Colours come from the style sheet, for light and dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    First,
    Second,
    /// What went wrong.
    Bad,
}

/// How values are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line for each series, the first one with its area.
    Lines,
    /// One bar for each point, the series stacked upon each other.
    Bars,
}

/// One thing that was counted.
#[derive(Clone, Debug)]
pub struct Series {
    pub name: String,
    pub look: Look,
    /// One for each of the chart's points; what is below zero counts as zero.
    pub values: Vec<i64>,
}

/// A chart of one or more series over the same points.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Its element's id, the only one of its page.
    pub id: &'static str,
    pub title: String,
    /// What it shows, in a sentence or two, for those who do not see it too.
    pub description: String,
    pub shape: Shape,
    /// What the points are: "Day".
    pub point: &'static str,
    /// Name of each point, in order: "17 May 2026".
    pub points: Vec<String>,
    pub series: Vec<Series>,
}

/// Height of the drawing, in its own units.
const HEIGHT: f64 = 100.0;
/// Width of one point.
const STEP: f64 = 10.0;

#[derive(Template)]
#[template(path = "chart.html")]
struct Drawing<'a> {
    chart: &'a Chart,
    width: f64,
    top: String,
    middle: String,
    first: &'a str,
    center: &'a str,
    last: &'a str,
    lines: Vec<Line>,
    bars: Vec<Bar>,
}

struct Line {
    look: &'static str,
    points: String,
    /// Empty when there is none under it.
    area: String,
}

struct Bar {
    /// Where the point begins, for the pointer.
    x: f64,
    said: String,
    parts: Vec<Part>,
}

struct Part {
    look: &'static str,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Look::First => "first",
            Look::Second => "second",
            Look::Bad => "bad",
        }
    }
}

impl Chart {
    /// The chart as a `<figure>`.
    pub fn draw(&self) -> Markup {
        let top = top_of_scale(self.highest());
        let at = |point: usize| self.points.get(point).map_or("", String::as_str);
        let lines = match self.shape {
            Shape::Lines => self.lines(top),
            Shape::Bars => Vec::new(),
        };
        let bars = match self.shape {
            Shape::Bars => self.bars(top),
            Shape::Lines => Vec::new(),
        };
        let drawing = Drawing {
            chart: self,
            width: width_of(self.points.len()),
            top: number(top),
            middle: number(top / 2),
            first: at(0),
            center: at(self.points.len().saturating_sub(1) / 2),
            last: at(self.points.len().saturating_sub(1)),
            lines,
            bars,
        };
        Markup::of(drawing.render())
    }

    /// The highest value that the scale has to show.
    fn highest(&self) -> u64 {
        let values = |point: usize| self.series.iter().map(move |one| one.at(point));
        let of_point = |point: usize| match self.shape {
            Shape::Lines => values(point).max().unwrap_or(0),
            Shape::Bars => values(point).sum(),
        };
        (0..self.points.len()).map(of_point).max().unwrap_or(0)
    }

    fn lines(&self, top: u64) -> Vec<Line> {
        let draw = |(at, series): (usize, &Series)| {
            let points = polyline(&self.heights(series, top));
            let end = width_of(self.points.len()) - STEP / 2.0;
            Line {
                look: series.look.class(),
                area: match at {
                    0 => format!("{},{HEIGHT} {points} {end},{HEIGHT}", STEP / 2.0),
                    _ => String::new(),
                },
                points,
            }
        };
        self.series.iter().enumerate().map(draw).collect()
    }

    fn heights(&self, series: &Series, top: u64) -> Vec<f64> {
        (0..self.points.len())
            .map(|point| share(series.at(point), top))
            .collect()
    }

    fn bars(&self, top: u64) -> Vec<Bar> {
        let draw = |(point, label): (usize, &'_ String)| Bar {
            x: x_of(point) - STEP / 2.0,
            said: format!("{label}: {}", self.said(point)),
            parts: self.stack(point, top),
        };
        self.points.iter().enumerate().map(draw).collect()
    }

    /// A point's values in words: `3 succeeded, 1 failed`.
    fn said(&self, point: usize) -> String {
        let said = |one: &Series| format!("{} {}", number(one.at(point)), one.name);
        self.series.iter().map(said).collect::<Vec<_>>().join(", ")
    }

    fn stack(&self, point: usize, top: u64) -> Vec<Part> {
        let mut y = HEIGHT;
        let mut parts = Vec::new();
        for series in &self.series {
            let height = share(series.at(point), top);
            if height > 0.0 {
                y -= height;
                parts.push(Part {
                    look: series.look.class(),
                    x: x_of(point) - STEP * 0.36,
                    y,
                    width: STEP * 0.72,
                    height,
                });
            }
        }
        parts
    }

    /// The rows of the table behind the chart, the latest first.
    fn rows(&self) -> Vec<(&str, Vec<String>)> {
        let values = |point: usize| self.series.iter().map(move |one| number(one.at(point)));
        let points = self.points.iter().enumerate().rev();
        points
            .map(|(point, label)| (label.as_str(), values(point).collect()))
            .collect()
    }
}

impl Series {
    fn at(&self, point: usize) -> u64 {
        let value = self.values.get(point).copied().unwrap_or(0);
        u64::try_from(value).unwrap_or(0)
    }
}

/// A few values as a line in a row of a list; `label` says the same in words.
pub fn sparkline(values: &[i64], label: &str) -> Markup {
    let top = values.iter().copied().max().unwrap_or(0);
    let top = u64::try_from(top).unwrap_or(0).max(1);
    let heights: Vec<f64> = values
        .iter()
        .map(|value| share(u64::try_from(*value).unwrap_or(0), top))
        .collect();
    let drawing = Sparkline {
        width: width_of(values.len()),
        end: width_of(values.len()) - STEP / 2.0,
        points: polyline(&heights),
        label,
    };
    Markup::of(drawing.render())
}

#[derive(Template)]
#[template(path = "sparkline.html")]
struct Sparkline<'a> {
    width: f64,
    end: f64,
    points: String,
    label: &'a str,
}

fn polyline(heights: &[f64]) -> String {
    let at = |(point, height): (usize, &f64)| format!("{},{:.2}", x_of(point), HEIGHT - height);
    let points: Vec<String> = heights.iter().enumerate().map(at).collect();
    points.join(" ")
}

/// The middle of a point.
fn x_of(point: usize) -> f64 {
    width_of(point) + STEP / 2.0
}

fn width_of(points: usize) -> f64 {
    STEP * f64::from(u32::try_from(points).unwrap_or(u32::MAX))
}

fn share(value: u64, top: u64) -> f64 {
    HEIGHT * value as f64 / top as f64
}

/// The least round number at or above `highest` whose half is whole: 2, 4, 6, 8, 10, 20, 30, …
fn top_of_scale(highest: u64) -> u64 {
    let mut unit = 1_u64;
    loop {
        for steps in [2, 3, 4, 5, 6, 8, 10] {
            let top = unit.saturating_mul(steps);
            if top >= highest && top.is_multiple_of(2) {
                return top;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(shape: Shape) -> Chart {
        Chart {
            id: "refreshes",
            title: "Refreshes <per> day".into(),
            description: "How many there were.".into(),
            shape,
            point: "Day",
            points: vec!["1 May".into(), "2 May".into(), "3 May".into()],
            series: vec![
                Series {
                    name: "succeeded".into(),
                    look: Look::First,
                    values: vec![3, 0, 1_200],
                },
                Series {
                    name: "failed".into(),
                    look: Look::Bad,
                    values: vec![1, 0, -5],
                },
            ],
        }
    }

    #[test]
    fn a_scale_ends_on_a_round_number() {
        for (highest, top) in [(0, 2), (3, 4), (5, 6), (11, 20), (21, 30), (2_100, 3_000)] {
            assert_eq!(top_of_scale(highest), top);
        }
    }

    #[test]
    fn a_chart_says_in_words_and_numbers_what_it_shows() {
        for shape in [Shape::Lines, Shape::Bars] {
            let drawn = chart(shape).draw().to_string();
            for part in [
                "<title id=\"refreshes-title\">Refreshes &#60;per&#62; day</title>",
                "<desc id=\"refreshes-desc\">How many there were.</desc>",
                "aria-labelledby=\"refreshes-title refreshes-desc\"",
                "<th scope=\"row\">3 May</th><td class=\"num\">1,200</td><td class=\"num\">0</td>",
                ">2,000<",
            ] {
                assert!(drawn.contains(part), "{part} is not in {drawn}");
            }
            assert!(!drawn.contains("style="), "{drawn}");
        }
    }

    #[test]
    fn a_point_is_where_its_value_is() {
        let lines = chart(Shape::Lines).lines(2_000);
        assert_eq!(lines[0].points, "5,99.85 15,100.00 25,40.00");
        assert_eq!(lines[0].area, "5,100 5,99.85 15,100.00 25,40.00 25,100");
        let drawn = chart(Shape::Bars);
        let bars = drawn.bars(4);
        assert_eq!(bars[0].said, "1 May: 3 succeeded, 1 failed");
        assert_eq!(bars[0].parts.len(), 2);
        assert!(bars[1].parts.is_empty());
        assert!((bars[0].parts[1].y).abs() < f64::EPSILON);
    }

    #[test]
    fn a_chart_of_nothing_is_one() {
        let mut empty = chart(Shape::Lines);
        empty.points.clear();
        assert!(empty.draw().to_string().contains("<svg"));
        assert!(
            sparkline(&[0, 2, 1], "3 calls")
                .to_string()
                .contains("3 calls")
        );
    }
}
