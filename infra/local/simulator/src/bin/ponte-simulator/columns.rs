//! Text in two columns: breaking lines and filling them up, with an eye on emoji, which are two cells wide.

/// The width of one column, in cells of the terminal.
pub(crate) const WIDTH: usize = 44;

/// How many cells a text takes, near enough: letters one, emoji two, marks that join or colour them none.
fn cells(text: &str) -> usize {
    let one = |letter: char| match u32::from(letter) {
        0x300..=0x36F | 0x200B..=0x200F | 0xFE00..=0xFE0F | 0x1F3FB..=0x1F3FF => 0,
        0x1F000..=0x1FAFF | 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 => 2,
        _ => 1,
    };
    text.chars().map(one).sum()
}

/// Breaks a text into lines that fit the column, at blanks where there are any.
pub(crate) fn broken(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for given in text.split('\n') {
        let mut line = String::new();
        for word in given.split_inclusive(' ') {
            if !line.is_empty() && cells(&line) + cells(word.trim_end()) > WIDTH {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                if cells(&line) >= WIDTH {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        lines.push(line);
    }
    lines
}

/// One row: left, middle, right, each as many lines as it needs.
pub(crate) fn row(left: &str, middle: &str, right: &str) -> String {
    let (left, right) = (broken(left), broken(right));
    let mut text = String::new();
    for index in 0..left.len().max(right.len()) {
        let at = |lines: &[String]| lines.get(index).cloned().unwrap_or_default();
        let (left, right) = (at(&left), at(&right));
        let fill = " ".repeat(WIDTH.saturating_sub(cells(left.trim_end())));
        let middle = if index == 0 { middle } else { "" };
        let line = format!("  {}{fill} | {middle:^10} | {right}", left.trim_end());
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_keeps_its_columns() {
        let text = row("olá 👋🏽", "12 ms >", "olá 👋🏽\nfim");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(cells(lines[0].split('|').next().unwrap()), WIDTH + 3);
        assert!(lines[1].ends_with("| fim"));
    }

    #[test]
    fn long_text_is_broken() {
        assert!(broken(&"palavra ".repeat(30)).iter().all(|line| cells(line.trim_end()) <= WIDTH));
        assert!(broken(&"x".repeat(100)).iter().all(|line| cells(line) <= WIDTH));
    }
}
