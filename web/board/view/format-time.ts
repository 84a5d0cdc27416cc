// Formats a time in French: the hour for today, else the day and the hour.
const DAY = new Intl.DateTimeFormat("fr", { day: "numeric", month: "long" });

export function formatTime(at: number): string {
  const date = new Date(at);
  const hour = `${date.getHours()} h ${String(date.getMinutes()).padStart(2, "0")}`;
  return date.toDateString() === new Date().toDateString() ? `à ${hour}` : `le ${DAY.format(date)} à ${hour}`;
}
