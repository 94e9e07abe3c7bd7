CREATE INDEX "user_email_prefix" ON "user" USING btree (("email" collate "C"));--> statement-breakpoint
CREATE INDEX "user_name_prefix" ON "user" USING btree ((lower("name") collate "C"),"id");--> statement-breakpoint
CREATE INDEX "user_role" ON "user" USING btree ("role") WHERE "user"."role" <> 'user';