ALTER TABLE "reading_progress" ADD COLUMN "unsaved_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "reading_progress" ADD COLUMN "restored_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "reading_progress" ADD COLUMN "seen_at" timestamp (3) with time zone;