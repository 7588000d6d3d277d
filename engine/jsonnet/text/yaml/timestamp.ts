const DATE = '(\\d{4})-(\\d{1,2})-(\\d{1,2})';
const TIME = '(\\d{1,2}):(\\d{1,2}):(\\d{1,2})(?:[.,]\\d+)?';
const ZONE = '(?:Z|[-+](\\d{2}):(\\d{2}))';
const FORMATS = [new RegExp(`^${DATE}[Tt]${TIME}${ZONE}$`), new RegExp(`^${DATE} +${TIME}$`), new RegExp(`^${DATE}$`)];

/** Whether Go takes the text for a timestamp: a date, alone or with a time. */
export function isTimestamp(text: string): boolean {
  const match = FORMATS.map((format) => format.exec(text)).find((found) => found !== null);
  if (match === undefined || match === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0] = match
    .slice(1)
    .map((part = '0') => Number(part));
  const isTime = hour < 24 && minute < 60 && second < 60 && zoneHour <= 24 && zoneMinute < 60;
  return isTime && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
